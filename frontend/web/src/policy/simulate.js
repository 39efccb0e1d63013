// <policy-simulator>: which rule a connection meets on a stack. `stacks` are id and name of each, as JSON, `store` is the
// store's name, `stored` says that the server has what was typed, `line` is the question as one line.
// Tells `asked` the line, and `go` the object and field that a part of the answer comes from.
import { fromServer } from "./client.js";
import { Asker, button, count, field, h, input, place, select, sentence } from "./dom.js";
import { Partners } from "./partners.js";

const KEYS = ["local", "remote", "job", "user", "at"];

/** "inbound · local 10.1.1.2:1414 · remote 10.1.0.2:51844 · job CSQ9CHIN" */
export function lineOf(asked) {
  return [asked.way, ...KEYS.filter((key) => asked[key]).map((key) => `${key} ${asked[key]}`)].join(" · ");
}

export function readLine(line) {
  const asked = { way: /\boutbound\b/i.test(line) ? "outbound" : "inbound" };
  for (const key of KEYS) asked[key] = new RegExp(`\\b${key}\\s+([^\\s·]+)`, "i").exec(line)?.[1] ?? "";
  asked.stack = /\bstack\s+([^\s·]+)/i.exec(line)?.[1];
  return asked;
}

/** Address and port of `10.1.1.2:1414` or `[2001:db8::2]:1414`. */
function end(text, side) {
  const found = /^\s*(?:\[([^\]]+)\]|([^\s:]+)):(\d{1,5})\s*$/.exec(text);
  const port = Number(found?.[3]);
  if (!found || port > 65535) throw new Error(`Write the ${side} end as address and port, such as 10.1.1.2:1414 or [2001:db8::2]:1414.`);
  return [found[1] ?? found[2], port];
}

export function connection(asked) {
  const [local, local_port] = end(asked.local, "local");
  const [remote, remote_port] = end(asked.remote, "remote");
  return { way: asked.way, local, local_port, remote, remote_port, job: asked.job, user: asked.user, ...(asked.at ? { at: asked.at } : {}) };
}

class PolicySimulator extends Asker {
  static props = ["stacks", "stored", "line"];
  #stacks = []; #line = ""; #again = false;
  /** Who is asked, and where a place leads; others may be set. */
  asker = (stack, question, more) => this.ofStore(question, { stack, ...more });
  lister = () => fromServer("/policy/peers");
  goer;
  /** Which partners get through: what was chosen there stays for the next connection. */
  partners = new Partners();
  get stacks() { return this.#stacks; }
  set stacks(stacks) {
    const before = JSON.stringify(this.#stacks);
    this.#stacks = JSON.parse(stacks || "[]");
    if (!this.form || before === JSON.stringify(this.#stacks)) return;
    const was = this.parts.stack.value || readLine(this.#line).stack;
    this.parts.stack.replaceChildren(...select(this.#stacks).children);
    this.parts.stack.value = this.#stacks.some(([id]) => id === was) ? was : this.#stacks[0]?.[0];
    if (before === "[]" && this.#line) this.show();
  }
  /** The draft changed under the answer. */
  again() { if (this.form && (this.#again || this.answer.firstChild)) this.ask(); }
  get line() { return this.#line; }
  set line(line) { if (this.form && line !== this.#line) { this.#line = line ?? ""; this.show(); } else this.#line = line ?? ""; }

  show() {
    const asked = readLine(this.#line);
    const chosen = this.#stacks.some(([id]) => id === asked.stack) ? asked.stack : this.#stacks[0]?.[0];
    const text = (key, placeholder) => input({ value: asked[key], placeholder, class: "cds--text-input cds--text-input--sm mono" });
    this.parts = {
      stack: select(this.#stacks, chosen),
      way: select([["inbound", "inbound: the partner opens it"], ["outbound", "outbound: this side opens it"]], asked.way),
      local: text("local", "10.1.1.2:1414"), remote: text("remote", "10.1.0.2:51844"), job: text("job", "CSQ9CHIN"), user: text("user"), at: text("at", "2026-11-21T14:30"),
    };
    const p = this.parts;
    this.failed = h("p", { class: "error", role: "alert" });
    this.answer = h("div", { class: "simulated", "aria-live": "polite" });
    this.form = h("form", { class: "simulator", "aria-label": "Connection", onsubmit: (event) => { event.preventDefault(); this.ask(); } },
      field("Stack", "", p.stack), field("Direction", "Direction", p.way), field("Local end", "LocalAddr, LocalPortRange", p.local),
      field("Remote end", "RemoteAddr, RemotePortRange", p.remote), field("Job name", "Jobname", p.job), field("User ID", "Userid", p.user), field("When", "IpTimeCondition", p.at),
      button("Find the rule", "primary", undefined, { type: "submit" }));
    this.replaceChildren(this.form, this.failed, this.answer);
    if (this.#line && asked.local && asked.remote) this.ask();
  }

  async ask() {
    const asked = Object.fromEntries(Object.entries(this.parts).map(([key, part]) => [key, part.value.trim()]));
    let facts;
    this.failed.textContent = "";
    try { facts = connection(asked); } catch (error) {
      this.failed.textContent = error.message;
      return this.answer.replaceChildren();
    }
    this.#line = `stack ${asked.stack} · ${lineOf(asked)}`;
    this.tell("asked", this.#line);
    this.#again = !this.stored;
    if (this.#again) return;
    const newest = await this.newest(this.asker(asked.stack, "simulate", { connection: facts }));
    if (!newest) return;
    const { answer, detail } = newest;
    this.failed.textContent = detail ?? "";
    const go = this.goer ?? ((at) => at.object && (() => this.tell("go", JSON.stringify([at.object, at.field]))));
    const [head, ...rest] = answer ? simulated(answer, go) : [];
    const protects = answer?.rule?.protects === true;
    if (protects) this.partners.about((more) => this.asker(asked.stack, "handshake", { connection: facts, ...more }), () => this.lister(), go);
    this.answer.replaceChildren(...[head, protects && this.partners.section, ...rest].filter(Boolean));
  }
}

/** An answer; `go` gives what leads to a place of it, if anything does. */
function simulated({ rule, passed_over, passed_over_total }, go) {
  const protects = rule && { true: "TLS", false: "TLS is off: the connection stays in the clear" }[rule.protects] || "its group action cannot be read";
  const coded = rule?.parameters.filter((one) => one.said) ?? [];
  const defaults = rule?.parameters.filter((one) => !one.said) ?? [];
  const said = (one) => h("span", { class: "keep" }, one.scope, " ", place(go, one.at, `line ${one.at.line}`));
  const table = (label, rows, origin) => h("table", { class: "plain is-top parameters", "aria-label": label },
    h("thead", {}, h("tr", {}, ["Parameter", "Value", origin && "From"].filter(Boolean).map((words) => h("th", { scope: "col" }, words)))),
    h("tbody", {}, rows.map((one) => h("tr", {}, h("td", {}, one.label || one.name, " ", h("small", { class: "second-word" }, one.name)),
      h("td", {}, h("code", {}, one.value)), origin && h("td", {}, said(one.said), one.beaten?.map((beaten) => [", not ", h("code", {}, beaten.value), " of ", said(beaten)]))))));
  return [
    h("h2", {}, rule ? ["Rule ", place(go, rule.at, rule.name), `: ${protects}`] : "No rule applies: the connection stays in the clear"),
    passed_over_total > 0 && h("section", {},
      h("h3", {}, rule ? `Searched before it: ${count(passed_over_total, "rule")}` : `Searched: ${count(passed_over_total, "rule")}`),
      h("div", { class: "card-list", tabindex: "0", role: "region", "aria-label": "Rules that do not apply" },
        h("ol", { class: "passed" }, passed_over.map((one) => h("li", {}, place(go, one.at, one.name), " ", h("span", { class: "soft" }, sentence(one.why))))),
        passed_over_total > passed_over.length && h("p", { class: "soft" }, `And ${passed_over_total - passed_over.length} more.`))),
    coded.length > 0 && h("section", {}, h("h3", {}, "What the rule gives it"), table("What the rule gives it", coded, true)),
    defaults.length > 0 && h("details", { class: "defaults" }, h("summary", {}, `Defaults of the release: ${defaults.length}`), table("Defaults of the release", defaults, false)),
  ].filter(Boolean);
}

customElements.define("policy-simulator", PolicySimulator);
