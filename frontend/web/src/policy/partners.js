// Which partners get through the rule that a connection meets: every known program, one of them, another
// rule, or the sender of a captured ClientHello.
import { bytes } from "./files.js";
import { button, code, count, field, h, icon, input, page, place, select, sentence } from "./dom.js";

/** Bytes of a capture that are sent: one handshake is needed. */
const LARGEST = 4 << 20;
const PAUSE = 400;

export class Partners {
  #number = 0;
  #timer;
  #ask; #go; #file;

  constructor() {
    const asks = () => this.ask();
    this.who = select([["all", "All known programs"], ["hello", "The sender of a captured ClientHello"], ["rule", "Another rule of this stack"]], "all", {
      onchange: () => { this.#draw(); this.ask(); },
    });
    this.without = h("input", { type: "checkbox", class: "box", onchange: asks });
    this.rule = input({ class: "cds--text-input cds--text-input--sm mono", oninput: () => this.#soon() });
    this.dump = h("textarea", { class: "cds--text-area mono", rows: 4, spellcheck: "false", placeholder: "16 03 01 02 00 01 00 01 fc 03 03 …", oninput: () => {
      this.#file = undefined;
      this.#soon();
    } });
    this.chooser = h("input", { type: "file", hidden: true, "aria-label": "Capture", onchange: async () => {
      const [file] = this.chooser.files;
      this.chooser.value = "";
      if (!file) return;
      this.dump.value = "";
      this.#file = { name: file.name, base64: await bytes(file.slice(0, LARGEST)) };
      this.#draw();
      this.ask();
    } });
    this.more = h("div", { class: "partner-more" });
    this.status = h("p", { role: "status" });
    this.failed = h("p", { class: "error", role: "alert" });
    this.found = h("div", { class: "partner-found" });
    this.section = h("section", { class: "partners", "aria-label": "Partners" }, h("h3", {}, "Who gets through?"),
      h("div", { class: "partner-choice" }, field("Partner", "", this.who),
        h("label", { class: "check-inline" }, this.without, " It has no certificate to show")),
      this.more, this.status, this.failed, this.found);
  }

  /** Another connection: `ask` takes what is asked of its rule. */
  about(ask, list, go) {
    [this.#ask, this.#go] = [ask, go];
    if (!this.known) {
      this.known = list().then(({ answer }) => {
        const programs = h("optgroup", { label: "Programs" }, (answer ?? []).map((one) => h("option", { value: `peer ${one.name}`, title: one.source }, `${one.name}: ${one.title}`)));
        this.who.append(programs);
        if (!answer) this.known = undefined;
      });
    }
    this.ask();
  }

  #soon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.ask(), PAUSE);
  }

  /** What belongs to the choice. */
  #draw() {
    const who = this.who.value;
    this.more.replaceChildren(...(who === "hello"
      ? [field("ClientHello, as a hex dump", "", this.dump), this.chooser,
        h("p", { class: "links" }, button("Choose a pcap file", "tertiary", () => this.chooser.click()), this.#file && h("span", { class: "soft" }, this.#file.name)),
        h("p", { class: "soft" }, "The first packets that the client sends: a hex dump of xxd, tcpdump or Wireshark, or a pcap or pcapng file. Only the ClientHello is looked at.")].filter(Boolean)
      : who === "rule" ? [field("Rule at the other end", "TTLSRule", this.rule)] : []));
  }

  /** What is asked; nothing while something is missing. */
  #with() {
    const who = this.who.value;
    const common = this.without.checked ? { without_certificate: true } : {};
    if (who.startsWith("peer ")) return { ...common, peers: [who.slice(5)] };
    if (who === "rule") return this.rule.value.trim() ? { ...common, rules: [this.rule.value.trim()] } : undefined;
    if (who !== "hello") return common;
    if (this.#file) return { ...common, hello: { base64: this.#file.base64 } };
    return this.dump.value.trim() ? { ...common, hello: { text: this.dump.value } } : undefined;
  }

  async ask() {
    clearTimeout(this.#timer);
    const asked = this.#with();
    const number = ++this.#number;
    if (!asked) return this.#show("");
    const { answer, detail } = await this.#ask({ with: asked });
    if (number !== this.#number) return;
    if (!answer) return this.#show("", detail);
    const partners = [...answer.partners].sort((a, b) => (a.refused ? 0 : 1) - (b.refused ? 0 : 1));
    const through = partners.filter((one) => one.agreed).length;
    this.#show(partners.length > 1 ? (through === partners.length ? `All ${through} get through.` : `${through} of ${partners.length} get through; those that do not stand first.`) : "", "",
      partners.length > 0 && this.#table(partners),
      answer.assumed.length > 0 && h("details", { class: "assumed" }, h("summary", {}, `Taken for granted: ${count(answer.assumed.length, "thing")}`),
        h("ul", { class: "change-words" }, answer.assumed.map((words) => h("li", {}, code(sentence(words)))))));
  }

  #show(status, failed = "", ...found) {
    this.status.textContent = status;
    this.failed.textContent = failed;
    this.found.replaceChildren(...found.filter(Boolean));
  }

  #table(partners) {
    const head = ["Partner", "Result", "What to change here"];
    return h("div", { class: "partner-list", tabindex: "0", role: "region", "aria-label": "Results by partner" },
      h("table", { class: "plain is-top partner-table", "aria-label": "Partners" },
        h("thead", {}, h("tr", {}, head.map((words) => h("th", { scope: "col" }, words)))),
        h("tbody", {}, partners.map((one) => this.#row(one)))));
  }

  #row({ name, title, agreed, refused }) {
    const mark = (tone, shape, words) => h("div", { class: `tone-${tone}` }, icon(shape), " ", h("strong", {}, words));
    const number = refused?.code && [", ", h("a", { href: page(refused.code), class: "mono" }, String(refused.code)), refused.unsure && " (not confirmed)"];
    return h("tr", {}, h("th", { scope: "row" }, h("span", { class: "mono" }, name), h("small", { class: "soft" }, title)),
      h("td", {}, agreed ? [mark("ok", "ok", "Gets through"), agreement(agreed)]
        : [mark("error", "error", ["Refused", number]), code(sentence(refused.because)), refused.alert && h("small", { class: "soft" }, `The partner sees the alert ${refused.alert}.`)]),
      h("td", {}, refused && this.#change(refused)));
  }

  /** The field to change, and how. */
  #change(refused) {
    const where = [refused.label || refused.parameter, " ", h("small", { class: "second-word" }, refused.parameter)];
    const state = refused.coded ? "" : h("small", { class: "soft" }, "Not coded: the default holds.");
    if (!refused.change) return ["No change of this side helps; the partner has to change. ", h("small", { class: "soft" }, "Decided by ", where)];
    return [place(this.#go, refused.at, where), h("div", {}, code(sentence(refused.change))), state];
  }
}

/** "TLS 1.3, TLS_AES_256_GCM_SHA384, x25519" for each kind of certificate that makes a difference. */
function agreement({ version, choices, client_certificate }) {
  const words = (one) => [h("code", {}, one.suite), one.group && `, ${one.group}`, one.retry && " after a second ClientHello"];
  const [one, other] = choices;
  const differ = other && (one.suite !== other.suite || one.group !== other.group);
  const shown = differ ? choices : choices.slice(0, 1);
  const lines = shown.map((choice) => h("div", {}, differ && h("span", { class: "soft" }, `${choice.key} certificate: `), words(choice),
    choices.length === 1 && h("small", { class: "soft" }, ` with an ${choice.key} certificate only`)));
  return [h("div", {}, version), lines, client_certificate !== "no" && h("small", { class: "soft" }, `Client certificate ${client_certificate}.`)];
}
