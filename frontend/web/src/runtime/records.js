// What a trace has kept of handshakes, in words, and as packets.
import { button, count, h, hidden } from "../policy/dom.js";
import { chosen, connid } from "./words.js";

/** Records that are drawn. */
const DRAWN = 2000;
/** Answers that are asked for one after the other at a time; the rest comes with the next question. */
const TURNS = 5;

const clock = (us) => {
  const date = new Date(us / 1000);
  return `${date.toLocaleTimeString("en-GB")}.${String(Math.floor(us / 1000) % 1000).padStart(3, "0")}`;
};

export class Records {
  #number; #last = 0; #shown = 0; #asking = false;

  constructor(page) {
    this.page = page;
    this.title = h("h3", { tabindex: -1 });
    this.state = h("p", { class: "soft", role: "status" });
    this.body = h("div", { class: "runtime-records", tabindex: 0, role: "log", "aria-live": "off", "aria-label": "What both sides said" });
    this.packets = h("div", { class: "links" });
    this.element = h("section", { class: "section", hidden: true }, h("div", { class: "section-head" }, this.title, button("Close", "ghost", () => this.close())), this.state, this.packets, this.body);
  }

  /** Shows a trace. */
  open({ number, clear_text: reason, ...which }, focus = true) {
    this.element.hidden = false;
    if (this.#number === number) return;
    [this.#number, this.#last, this.#shown, this.connection] = [number, 0, 0, undefined];
    this.title.textContent = `Trace ${number}: ${chosen(which)}`;
    const path = this.page.path(`traces/${number}/pcapng`);
    this.packets.replaceChildren(
      h("a", { href: path, download: `trace-${number}.pcapng` }, "Packets (pcapng)"),
      h("a", { href: `${path}?secrets=true`, download: `trace-${number}.pcapng` }, reason ? "Packets with the secrets of what programs say" : "Packets with the secrets of handshakes"),
      h("span", { class: "soft" }, "For tshark and Wireshark. ", reason ? `With their secrets, all that was said can be read. Kept because: ${reason}. Who takes them is in the audit.` : "With their secrets, handshakes of TLS 1.3 can be read; what programs say cannot."));
    this.body.replaceChildren();
    if (focus) this.title.focus();
    this.refresh();
  }

  get number() { return this.#number; }

  close() {
    this.#number = undefined;
    this.element.hidden = true;
  }

  async refresh() {
    const number = this.#number;
    if (number === undefined || this.#asking) return;
    this.#asking = true;
    for (let turn = 0; turn < TURNS; turn += 1) {
      const { answer, detail } = await this.page.ask(`traces/${number}/records?after=${this.#last}`);
      if (this.#number !== number) break;
      if (!answer) {
        this.state.textContent = detail;
        break;
      }
      if (answer.records.length > 0) this.#add(answer.records);
      const dropped = answer.dropped > 0 ? ` ${count(answer.dropped, "record")} more ${answer.dropped === 1 ? "was" : "were"} not kept.` : "";
      const cut = this.#shown > DRAWN ? ` The newest ${DRAWN} are shown.` : "";
      this.state.textContent = this.#shown === 0 ? `Nothing was said so far: it keeps handshakes of connections that began after it.${dropped}` : `${count(this.#shown, "record")}.${cut}${dropped}`;
      if (answer.records.length === 0) break;
    }
    this.#asking = false;
    if (this.#number !== undefined && this.#number !== number) this.refresh();
  }

  #add(records) {
    const atEnd = this.body.scrollHeight - this.body.scrollTop - this.body.clientHeight < 40;
    for (const one of records) {
      if (one.connection !== this.connection) {
        this.connection = one.connection;
        this.body.append(h("h4", { class: "mono" }, hidden("Connection "), connid(one.connection)));
      }
      const head = [h("time", { class: "soft mono" }, clock(one.time_us)), " ", one.from_partner ? "partner → engine" : "engine → partner", " ", h("strong", {}, one.kind), one.summary && ` ${one.summary}`];
      this.body.append(one.details.length > 0
        ? h("details", { class: one.kind === "alert" ? "is-error" : undefined }, h("summary", {}, head), h("pre", {}, one.details.join("\n")))
        : h("div", { class: one.kind === "alert" ? "is-error" : undefined }, head));
    }
    this.#last = records.at(-1).number;
    this.#shown += records.length;
    while (this.body.childElementCount > DRAWN) this.body.firstChild.remove();
    if (atEnd) this.body.scrollTop = this.body.scrollHeight;
  }
}
