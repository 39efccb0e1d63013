// More about some connections, for some time: beginning it, what goes on, ending it.
import { button, code, count, field, h, input, select } from "../policy/dom.js";
import { Records } from "./records.js";
import { LEVELS, age, chosen, connid } from "./words.js";

const TIMES = [["60", "1 minute"], ["600", "10 minutes"], ["3600", "1 hour"], ["86400", "1 day"]];

export class Traces {
  #traces = []; #read = 0; #tick;

  constructor(page) {
    this.page = page;
    const given = page.traced ?? {};
    page.traced = undefined;
    const text = (value, placeholder) => input({ value: value ?? "", placeholder, class: "cds--text-input cds--text-input--sm mono" });
    this.rule = input({ value: given.rule ?? "", list: "runtime-rules" });
    this.names = h("datalist", { id: "runtime-rules" });
    this.parts = {
      rule: this.rule, remote: text(given.remote, "10.1.0.2"), port: text(given.port, "1414"), job: text(given.job, "CSQ9CHIN"),
      connection: text(given.connection === undefined ? "" : connid(given.connection), "0000004F"),
    };
    this.level = select(LEVELS, "15");
    this.time = select(TIMES, "600");
    this.capture = h("input", { type: "checkbox", id: "runtime-capture", class: "box", checked: true });
    this.reason = input({ placeholder: "INC0042: what the partner really sends", maxlength: 200 });
    this.start = button("Start trace", "primary", undefined, { type: "submit" });
    this.wrong = h("p", { class: "error", role: "alert" });
    this.said = h("p", { class: "soft", role: "status" });
    const { rule, remote, port, job, connection } = this.parts;
    this.form = h("form", { class: "runtime-form", "aria-label": "New trace", onsubmit: (event) => { event.preventDefault(); this.#begin(); } },
      field("Rule", "TTLSRule", rule), this.names, field("Partner", "RemoteAddr", remote), field("Port", "local or remote", port), field("Job name", "Jobname", job), field("Connection", "CONNID", connection),
      field("What is written", "Trace", this.level), field("For", "", this.time),
      h("span", { class: "check" }, this.capture, h("label", { for: this.capture.id }, " Keep handshakes, to be read here")),
      h("details", { class: "defaults runtime-wide" }, h("summary", {}, "What programs say"),
        h("p", { class: "soft" }, "Nothing of it is kept, unless the rule says ", h("code", {}, "CtraceClearText On"), " and a reason stands here. The reason goes to the log of the engine and to the audit; the trace ends within an hour, and an hour later what it kept is forgotten."),
        field("Keep it, because", "", this.reason)), this.start);
    this.records = new Records(page);
    this.list = h("div", { class: "runtime-traces" });
    this.element = h("div", { class: "runtime-view runtime-scrolls" },
      h("section", { class: "section" }, h("h3", {}, "New trace"),
        h("p", { class: "soft" }, "Of the connections that fit everything that is said here. The policy stays as it is, and the trace ends by itself."), this.form, this.wrong),
      h("section", { class: "section" }, h("h3", {}, "Traces"), this.said, this.list), this.records.element);
    if (Object.keys(given).length > 0) requestAnimationFrame(() => this.start.focus());
    this.#tick = setInterval(() => this.#count(), 1000);
    this.#names();
  }

  async #names() {
    if (!this.page.rules) {
      const { answer } = await this.page.ask("rules");
      this.page.rules = answer?.rules.map((one) => one.name) ?? [];
    }
    this.names.replaceChildren(...this.page.rules.slice(0, 500).map((name) => h("option", { value: name })));
  }

  async #begin() {
    this.wrong.textContent = "";
    const body = { level: Number(this.level.value), seconds: Number(this.time.value), capture: this.capture.checked };
    for (const [key, part] of Object.entries(this.parts)) {
      const value = part.value.trim();
      if (!value) continue;
      if (key === "port") {
        if (!/^\d{1,5}$/.test(value) || Number(value) > 65535) return this.#refuse(part, "A port is a number up to 65535.");
        body.port = Number(value);
      } else if (key === "connection") {
        if (!/^[0-9a-f]{1,8}$/i.test(value)) return this.#refuse(part, "A connection is its CONNID: up to 8 hexadecimal digits, such as 0000004F.");
        body.connection = Number.parseInt(value, 16);
      } else body[key] = value;
    }
    const reason = this.reason.value.trim();
    if (Object.keys(body).length === 3) return this.#refuse(this.rule, "Say which connections: a rule, a partner, a port, a job name, or a connection.");
    if (reason && body.seconds > 3600) return this.#refuse(this.time, "A trace that keeps what programs say ends within an hour.");
    const { answer, detail } = await this.page.ask("traces", reason ? { ...body, clear_text: reason } : body);
    if (!answer) return this.#refuse(undefined, detail);
    this.reason.value = "";
    this.said.textContent = `The trace of ${chosen(body)} has begun. The tab Log follows what it writes${body.capture ? ", and below stands what both sides say in handshakes that begin from now on" : ""}.`;
    this.#take(answer);
    const newest = answer.traces.reduce((best, one) => (one.number > (best?.number ?? 0) ? one : best), undefined);
    if (newest?.capture) this.records.open(newest, false);
  }

  #refuse(part, words) {
    this.wrong.replaceChildren(...code(words));
    part?.focus();
  }

  async refresh() {
    const given = await this.page.newest("traces", this.page.ask("traces"));
    if (given?.answer) this.#take(given.answer);
    else if (given) this.wrong.textContent = given.detail;
    await this.records.refresh();
  }

  #take({ traces }) {
    [this.#traces, this.#read] = [traces, performance.now()];
    const shape = JSON.stringify(traces.map((one) => [one.number, one.over, one.records, one.dropped]));
    if (this.shape === shape) return this.#count();
    this.shape = shape;
    this.left = new Map();
    const focused = this.list.contains(document.activeElement) && document.activeElement.getAttribute("aria-label");
    const kept = (one) => (one.capture ? `${count(one.records, "record")}${one.dropped > 0 ? `, ${one.dropped} not kept` : ""}${one.clear_text ? `; what programs say, because: ${one.clear_text}` : ""}` : "");
    const row = (one) => {
      const left = h("td", { class: "keep" });
      if (one.over) left.textContent = "over";
      else this.left.set(one.number, left);
      const level = LEVELS.find(([bits]) => Number(bits) === one.level)?.[1] ?? `Trace ${one.level}`;
      return h("tr", {}, h("td", {}, String(one.number)), h("td", {}, chosen(one)), h("td", {}, level), h("td", {}, kept(one)), left,
        h("td", { class: "plain-actions" }, one.capture && button("Read", "ghost", () => this.records.open(one), { "aria-label": `Read trace ${one.number}` }),
          !one.over && button("Show log", "ghost", () => this.page.move({ show: "log", connection: "" }), { "aria-label": `Show log of trace ${one.number}` }),
          !one.over && button("End", "ghost", () => this.#end(one.number), { "aria-label": `End trace ${one.number}` })));
    };
    this.list.replaceChildren(traces.length === 0 ? h("p", { class: "soft" }, "No trace goes on.") : h("table", { class: "plain", "aria-label": "Traces" },
      h("thead", {}, h("tr", {}, ["Trace", "Connections", "What is written", "Kept", "Ends in", "Actions"].map((words) => h("th", { scope: "col" }, words)))),
      h("tbody", {}, traces.map(row))));
    if (focused) this.list.querySelector(`[aria-label="${focused}"]`)?.focus();
    this.#count();
  }

  #count() {
    const gone = Math.floor((performance.now() - this.#read) / 1000);
    for (const one of this.#traces) this.left?.get(one.number)?.replaceChildren(age(Math.max(0, one.left - gone)));
  }

  async #end(number) {
    const { answer, detail } = await this.page.ask(`traces/${number}`, undefined, "DELETE");
    const others = answer?.traces.filter((one) => !one.over).length;
    this.said.textContent = answer ? `Trace ${number} is ended. ${count(others, "trace goes", "traces go")} on.` : detail;
    if (answer) this.#take(answer);
    this.start.focus();
  }

  leave() { clearInterval(this.#tick); }
}
