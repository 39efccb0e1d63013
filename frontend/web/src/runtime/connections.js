// Who is connected to what, by which rule and with what.
import { button, count, h, icon, input } from "../policy/dom.js";
import { List, filterOf } from "./list.js";
import { parametersOf } from "./parameters.js";
import { age, connid, moment, protection, size, utc } from "./words.js";

/** Connections that are asked for at a time. */
const MOST = 2000;
/** How long typing rests before the list follows, in milliseconds. */
const TYPING = 300;

export class Connections {
  #all = []; #total = 0; #at = 0; #open; #due;

  constructor(page) {
    this.page = page;
    this.filter = input({ type: "search", "aria-label": "Filter connections", placeholder: "port:1414 rule:MQ_IN remote:10.1.0.2 job:CSQ9CHIN, or any word", value: page.at("filter"),
      oninput: () => { clearTimeout(this.#due); this.#due = setTimeout(() => { page.move({ filter: this.filter.value }); this.refresh(); }, TYPING); } });
    this.count = h("span", { class: "toolbar-count", role: "status" });
    this.wrong = h("p", { class: "error", role: "alert" });
    this.none = h("p", { class: "soft runtime-none" });
    this.list = new List({
      label: "Connections", key: (one) => one.id,
      columns: [
        { key: "id", words: "Connection", width: 6.5, text: (one) => connid(one.id), cell: (one) => button(connid(one.id), "ghost", () => this.open(one.id), { class: "link mono", "aria-haspopup": "dialog" }), sort: (one) => one.id },
        { key: "since", words: "Since", width: 5.5, text: (one) => moment(this.#at - one.age), title: (one) => utc(this.#at - one.age), sort: (one) => -one.age },
        { key: "way", words: "Way", width: 3.5, text: (one) => (one.inbound ? "in" : "out") },
        { key: "remote", words: "Remote", width: 9.5, text: (one) => one.remote },
        { key: "local", words: "Local", width: 8.5, text: (one) => one.local },
        { key: "rule", words: "Rule", width: 8, text: (one) => one.rule ?? "no rule", more: () => page.linked, cell: (one) => (one.rule ? page.ruleLink(one.rule) : h("span", { class: "soft" }, "no rule")),
          title: (one) => [one.rule ?? "no rule", ...one.actions.filter(Boolean)].join(" · ") },
        { key: "tls", words: "TLS", width: 16, text: protection, cell: (one) => h("span", { class: one.tls ? undefined : "soft" }, one.phase === "ending" && icon("error"), protection(one)) },
        { key: "job", words: "Job", width: 6.5, text: (one) => one.job },
        { key: "user", words: "User", width: 5.5, text: (one) => one.user },
        { key: "group", words: "Group", width: 6.5, text: (one) => one.tls?.group ?? "" },
        { key: "name", words: "Server name", width: 8.5, text: (one) => one.tls?.server_name ?? "" },
        { key: "session", words: "Session", width: 6, text: (one) => (one.tls ? (one.tls.resumed ? "resumed" : "new") : "") },
        { key: "in", words: "In", width: 5.5, end: true, text: (one) => size(one.bytes_in), sort: (one) => one.bytes_in },
        { key: "out", words: "Out", width: 5.5, end: true, text: (one) => size(one.bytes_out), sort: (one) => one.bytes_out },
        { key: "age", words: "Age", width: 6, end: true, text: (one) => age(one.age), sort: (one) => one.age },
        { key: "alert", words: "Last alert", width: 9.5, text: (one) => alertOf(one) },
        { key: "act", words: "", plain: true, width: 5, text: () => "Trace", cell: (one) => button("Trace", "ghost", () => page.trace({ connection: one.id }), { "aria-label": `Trace connection ${connid(one.id)}` }) },
      ],
    });
    this.panel = new Panel(page, () => this.close());
    this.element = h("div", { class: "runtime-view" },
      h("div", { class: "toolbar" }, h("div", { class: "search-field" }, icon("search"), this.filter), this.count, h("div", { class: "toolbar-end" }, page.pace())),
      this.wrong, this.none, this.list.element);
    const asked = Number.parseInt(page.at("connection"), 16);
    if (Number.isFinite(asked)) this.#open = asked;
  }

  async refresh() {
    const { keys, words } = filterOf(this.filter.value, ["rule", "remote", "port", "job", "connection"]);
    const asked = new URLSearchParams({ limit: MOST });
    for (const [key, value] of Object.entries(keys)) asked.set(key, key === "connection" ? Number.parseInt(value, 16) : value);
    const given = await this.page.newest("connections", this.page.ask(`connections?${asked}`));
    if (!given) return;
    const { answer, detail, status } = given;
    this.wrong.textContent = detail ? (status === 400 ? `${detail} A port is a number, a partner an address.` : detail) : "";
    if (!answer) return;
    this.#at = Math.floor(Date.parse(answer.at) / 1000);
    this.#total = answer.total;
    this.#all = words.length === 0 ? answer.connections : answer.connections.filter((one) => {
      const text = JSON.stringify([connid(one.id), one.inbound ? "in" : "out", one.local, one.remote, one.job, one.user, one.rule ?? "no rule", one.actions, protection(one), one.tls, alertOf(one)]).toLowerCase();
      return words.every((word) => text.includes(word));
    });
    const cut = answer.connections.length < answer.total;
    const shown = this.#all.length;
    this.count.textContent = cut ? `${shown} of ${count(answer.total, "connection")}: the newest ${answer.connections.length} were looked at` : count(shown, "connection");
    this.none.textContent = shown > 0 ? "" : this.filter.value.trim() ? `No connection fits ${this.filter.value.trim()}.` : "No connection is open.";
    this.list.element.hidden = shown === 0;
    this.list.set(this.#all);
    if (this.#open !== undefined) await this.#follow(answer.connections);
  }

  open(id) {
    this.#open = id;
    this.page.move({ connection: connid(id) });
    this.#follow(this.#all);
  }

  close() {
    this.#open = undefined;
    this.panel.close();
    this.page.move({ connection: "" });
  }

  async #follow(known) {
    const id = this.#open;
    let one = known.find((other) => other.id === id);
    if (!one) {
      const { answer } = await this.page.ask(`connections?connection=${id}`);
      if (this.#open !== id) return;
      [one] = answer?.connections ?? [];
    }
    this.panel.show(id, one, this.#at);
  }

  leave() { clearTimeout(this.#due); this.panel.close(false); }
}

export const alertOf = ({ last_alert: alert }) => (alert ? `${alert.sent ? "sent" : "received"} ${alert.name}` : "");

/** All that is known of a connection, beside the list. */
class Panel {
  #id; #shown = new Map(); #from;
  constructor(page, close) {
    Object.assign(this, { page, ended: close });
  }

  show(id, one, at) {
    if (this.#id !== id) {
      this.#build(id);
      this.#id = id;
    }
    this.gone.hidden = one !== undefined;
    if (one) this.#draw(one, at);
    else if (this.#shown.size === 0) this.gone.querySelector("span").textContent = "This connection is not open any more.";
  }

  #build(id) {
    this.element?.remove();
    if (this.#id === undefined) this.#from = document.activeElement;
    this.#shown = new Map();
    const title = h("h2", { id: "runtime-panel-title", tabindex: -1 }, `Connection ${connid(id)}`);
    this.gone = h("p", { class: "note tone-info", role: "status" }, icon("info"), h("span", {}, "It has ended. Below is what was last known of it."));
    this.parts = h("div", { class: "runtime-parts" });
    this.counts = h("div", { class: "runtime-parts" });
    this.#ask(id);
    this.element = h("section", { class: "runtime-panel", role: "dialog", "aria-labelledby": title.id, onkeydown: (event) => { if (event.key === "Escape") { event.stopPropagation(); this.ended(); } } },
      h("header", { class: "panel-head" }, title, button("Close", "ghost", () => this.ended())),
      h("div", { class: "panel-body", tabindex: 0, role: "group", "aria-label": "What is known of it" }, this.gone, this.parts, this.counts,
        h("div", { class: "links" }, button("Trace this connection", "tertiary", () => this.page.trace({ connection: id })))));
    this.page.append(this.element);
    title.focus();
  }

  /** What counts for it: that does not change while it is open. */
  async #ask(id) {
    const { counts } = this;
    const { answer } = await this.page.ask(`parameters?connection=${id}`);
    if (answer) counts.replaceChildren(parametersOf(answer));
  }

  #draw(one, at) {
    const certificate = (words, cert) => [words, cert && [["Subject", cert.subject], ["Issuer", cert.issuer], ["Serial number", cert.serial, "mono"], ["Names", cert.names?.join(", ")], ["Valid until", cert.until]]];
    const { tls } = one;
    const levels = h("span", {}, this.page.levelLinks(one.rule, one.actions));
    const groups = [
      ["Connection", [["Direction", one.inbound ? "inbound: the partner opened it" : "outbound: the program opened it"], ["Local", one.local, "mono"], ["Remote", one.remote, "mono"], ["Job", one.job], ["User", one.user],
        ["Since", `${moment(at - one.age)}, ${age(one.age)} ago`], ["From the partner", size(one.bytes_in)], ["From the program", size(one.bytes_out)], ["Last alert", alertOf(one)]]],
      ["Policy", [["Rule", one.rule ?? "no rule takes it", one.rule && (() => this.page.ruleLink(one.rule))], ["Security level", levels.textContent, () => levels], ["Group action", one.actions[0]], ["Environment action", one.actions[1]], ["Connection action", one.actions[2]]]],
      ["TLS", [["State", tls ? "protected" : protection(one)], ["Version", tls?.version], ["Cipher suite", tls?.suite], ["Key exchange group", tls?.group], ["Server name", tls?.server_name], ["Session", tls && (tls.resumed ? "resumed" : "new")], ["User of the partner's certificate", tls?.user]]],
      certificate("Certificate of this side", tls?.own),
      certificate("Certificate of the partner", tls?.partner),
    ];
    const facts = groups.filter(([, rows]) => rows).map(([words, rows]) => [words, rows.filter(([, value]) => value !== undefined && value !== null && value !== "")]);
    const shape = JSON.stringify(facts.map(([words, rows]) => [words, rows.map(([name]) => name)]));
    if (this.shape !== shape || this.#shown.size === 0) {
      this.shape = shape;
      this.#shown = new Map();
      this.parts.replaceChildren(...facts.filter(([, rows]) => rows.length > 0).map(([words, rows]) => h("section", {}, h("h3", {}, words),
        h("dl", { class: "facts" }, rows.map(([name, , look]) => {
          const dd = h("dd", { class: typeof look === "string" ? look : undefined });
          this.#shown.set(`${words}\n${name}`, { dd });
          return [h("dt", {}, name), dd];
        })))));
    }
    for (const [words, rows] of facts) {
      for (const [name, value, look] of rows) {
        const place = this.#shown.get(`${words}\n${name}`);
        if (place.value === value) continue;
        place.value = value;
        place.dd.replaceChildren(typeof look === "function" ? look() : value);
      }
    }
  }

  close(back = true) {
    if (this.#id === undefined) return;
    this.#id = undefined;
    this.element.remove();
    if (back && this.#from?.isConnected) this.#from.focus();
  }
}

