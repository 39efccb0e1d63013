// Handshakes that failed: what happened, why, and what to change.
import { button, code, count, h, icon, input, page as explained, sentence } from "../policy/dom.js";
import { filterOf } from "./list.js";
import { connid, moment, utc } from "./words.js";

/** Cards that are drawn; an engine keeps some hundred. */
const DRAWN = 100;
const TYPING = 300;

export class Failures {
  #due; #drawn = new Map();

  constructor(page) {
    this.page = page;
    this.filter = input({ type: "search", "aria-label": "Filter failed handshakes", placeholder: "port:1414 rule:MQ_IN remote:10.1.0.2 job:CSQ9CHIN, or any word", value: page.at("filter"),
      oninput: () => { clearTimeout(this.#due); this.#due = setTimeout(() => { page.move({ filter: this.filter.value }); this.refresh(); }, TYPING); } });
    this.count = h("span", { class: "toolbar-count", role: "status" });
    this.wrong = h("p", { class: "error", role: "alert" });
    this.none = h("p", { class: "soft runtime-none" });
    this.cards = h("div", { class: "runtime-cards" });
    this.element = h("div", { class: "runtime-view" },
      h("div", { class: "toolbar" }, h("div", { class: "search-field" }, icon("search"), this.filter), this.count, h("div", { class: "toolbar-end" }, page.pace())),
      this.wrong, this.none, h("div", { class: "runtime-scrolls", tabindex: 0, role: "region", "aria-label": "Failed handshakes" }, this.cards));
  }

  async refresh() {
    const { keys, words } = filterOf(this.filter.value, ["rule", "remote", "port", "job", "connection"]);
    const asked = new URLSearchParams();
    for (const [key, value] of Object.entries(keys)) asked.set(key, key === "connection" ? Number.parseInt(value, 16) : value);
    const given = await this.page.newest("failures", this.page.ask(`failures?${asked}`));
    if (!given) return;
    const { answer, detail, status } = given;
    this.wrong.textContent = detail ? (status === 400 ? `${detail} A port is a number, a partner an address.` : detail) : "";
    if (!answer) return;
    const fits = (one) => {
      const text = JSON.stringify([one, connid(one.connection), `rc ${one.rc}`]).toLowerCase();
      return words.every((word) => text.includes(word));
    };
    const shown = answer.failures.filter(fits);
    this.count.textContent = shown.length > DRAWN ? `The newest ${DRAWN} of ${count(shown.length, "failure")}` : count(shown.length, "failure");
    this.none.textContent = shown.length > 0 ? "" : this.filter.value.trim() ? `No failure fits ${this.filter.value.trim()}.` : "Nothing failed, as far as the engine keeps it.";
    this.#draw(shown.slice(0, DRAWN));
  }

  /** Cards stay the same elements, so that nobody loses the place where they read. */
  #draw(failures) {
    const numbers = new Set(failures.map((one) => one.number));
    for (const [number, { card }] of this.#drawn) {
      if (numbers.has(number)) continue;
      card.remove();
      this.#drawn.delete(number);
    }
    let next = this.cards.firstChild;
    for (const one of failures) {
      const text = JSON.stringify([one, this.page.linked]);
      const known = this.#drawn.get(one.number);
      const card = known?.text === text ? known.card : this.#card(one);
      if (known && known.card !== card) {
        if (next === known.card) next = card;
        known.card.replaceWith(card);
      }
      this.#drawn.set(one.number, { text, card });
      if (card === next) next = next.nextSibling;
      else this.cards.insertBefore(card, next);
    }
  }

  #card(one) {
    const [from, to] = one.inbound ? [one.remote, one.local] : [one.local, one.remote];
    const title = h("h3", { id: `runtime-failure-${one.number}` }, icon("error"), h("span", { title: utc(one.time) }, ` ${moment(one.time)} `), h("span", { class: "mono" }, `${from} → ${to}`), one.inbound ? " inbound" : " outbound");
    const levels = this.page.levelLinks(one.rule, one.actions);
    const facts = [
      ["Rule", one.rule ? this.page.ruleLink(one.rule) : "no rule takes it"],
      ["Security level", levels.length > 0 && levels],
      ["Return code", [h("a", { href: explained(String(one.rc)) }, `RC ${one.rc}`), one.secured ? ", after the handshake was done" : ", in the handshake"]],
      ["Alert", one.alert && `${one.alert.name} (${one.alert.code}), sent by ${one.alert.sent ? "this side" : "the partner"}`],
      ["Server name", one.server_name],
      ["Job", one.job], ["User", one.user],
      ["Connection", h("span", { class: "mono" }, connid(one.connection))],
      ["In the log", one.messages?.length > 0 ? one.messages.map((id, at) => [at > 0 && ", ", h("a", { href: explained(id) }, id)]) : h("span", { class: "soft" }, "nothing, by Trace of the rule")],
    ].filter(([, value]) => value);
    const changes = one.diagnosis?.changes ?? [];
    return h("article", { class: "runtime-card", "aria-labelledby": title.id }, title,
      h("p", { class: "runtime-why" }, code(sentence(one.reason))),
      one.diagnosis && h("p", {}, code(one.diagnosis.why)),
      changes.length > 0 && h("div", {}, h("h4", {}, changes.length === 1 ? "What helps" : "What helps, the likeliest first"), h("ul", { class: "runtime-changes" }, changes.map((change) => h("li", {}, code(change.text),
        change.attributes.length > 0 && [" ", h("small", {}, change.attributes.map((name, at) => [at > 0 && ", ", h("a", { href: explained(name) }, name)]))])))),
      h("dl", { class: "facts runtime-facts" }, facts.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)))),
      h("div", { class: "links" }, one.rule && button(`Trace rule ${one.rule}`, "ghost", () => this.page.trace({ rule: one.rule })),
        button("Trace this partner", "ghost", () => this.page.trace({ remote: one.remote.replace(/:\d+$/, "").replace(/^\[|\]$/g, "") }))));
  }

  leave() { clearTimeout(this.#due); }
}
