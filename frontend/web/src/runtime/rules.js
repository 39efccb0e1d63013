// What each rule took since when, and which took nothing.
import { button, count, h, icon, input } from "../policy/dom.js";
import { List } from "./list.js";
import { moment, size, utc } from "./words.js";

const isUnused = (one) => one.connections === 0 && one.open === 0;
const number = (key, words, width) => ({ key, words, width, end: true, text: (one) => String(one[key]), sort: (one) => one[key] });

export class Rules {
  #all = [];

  constructor(page) {
    this.page = page;
    const again = () => { page.move({ filter: this.filter.value, unused: this.unused.checked ? "1" : "" }); this.#draw(); };
    this.filter = input({ type: "search", "aria-label": "Filter rules", placeholder: "Name of a rule", value: page.at("filter"), oninput: again });
    this.unused = h("input", { type: "checkbox", id: "runtime-unused", class: "box", checked: page.at("unused") === "1", onchange: again });
    this.count = h("span", { class: "toolbar-count", role: "status" });
    this.wrong = h("p", { class: "error", role: "alert" });
    this.none = h("p", { class: "soft runtime-none" });
    this.list = new List({
      label: "Rules", key: (one) => `${one.place} ${one.name}`,
      columns: [
        { key: "place", words: "Order", width: 4.5, end: true, text: (one) => String(one.place), sort: (one) => one.place },
        { key: "name", words: "Rule", width: 11, text: (one) => one.name, more: () => page.linked, cell: (one) => page.ruleLink(one.name) },
        { key: "protects", words: "TLS", width: 4.5, text: (one) => (one.protects ? "on" : "off") },
        number("connections", "Connections", 7.5), number("open", "Open", 4.5),
        { ...number("failed", "Failed", 5.5), cell: (one) => (one.failed > 0 ? button(String(one.failed), "ghost", () => page.move({ show: "failures", filter: `rule:${one.name}` }), { class: "link", "aria-label": `${one.failed} failures of rule ${one.name}` }) : "0") },
        { key: "last", words: "Last used", width: 9.5, text: (one) => (one.last ? moment(one.last) : isUnused(one) ? "never used" : "in use"), title: (one) => (one.last ? utc(one.last) : ""), sort: (one) => one.last ?? 0 },
        number("handshakes", "Handshakes", 7), number("resumed", "Resumed", 6),
        { key: "in", words: "In", width: 6, end: true, text: (one) => size(one.bytes_in), sort: (one) => one.bytes_in },
        { key: "out", words: "Out", width: 6, end: true, text: (one) => size(one.bytes_out), sort: (one) => one.bytes_out },
        { key: "since", words: "Counted since", width: 9.5, text: (one) => moment(one.since), title: (one) => utc(one.since), sort: (one) => one.since },
        { key: "act", words: "", plain: true, width: 5, text: () => "Trace", cell: (one) => button("Trace", "ghost", () => page.trace({ rule: one.name }), { "aria-label": `Trace rule ${one.name}` }) },
      ],
    });
    this.element = h("div", { class: "runtime-view" },
      h("div", { class: "toolbar" }, h("div", { class: "search-field" }, icon("search"), this.filter),
        h("span", { class: "check" }, this.unused, h("label", { for: this.unused.id }, " Never used")), this.count, h("div", { class: "toolbar-end" }, page.pace())),
      this.wrong, this.none, this.list.element,
      h("p", { class: "soft runtime-foot" }, "Counting goes on when the policy is loaded again, for a rule of the same name; it begins anew when the engine is started."));
  }

  async refresh() {
    const given = await this.page.newest("rules", this.page.ask("rules"));
    if (!given) return;
    this.wrong.textContent = given.detail ?? "";
    if (!given.answer) return;
    this.#all = given.answer.rules.map((one, at) => ({ ...one, place: at + 1 }));
    this.page.rules = this.#all.map((one) => one.name);
    this.#draw();
  }

  #draw() {
    const word = this.filter.value.trim().toLowerCase();
    const shown = this.#all.filter((one) => one.name.toLowerCase().includes(word) && (!this.unused.checked || isUnused(one)));
    const never = this.#all.filter(isUnused).length;
    this.count.textContent = `${shown.length === this.#all.length ? "" : `${shown.length} of `}${count(this.#all.length, "rule")}, ${never} never used`;
    this.none.textContent = shown.length > 0 ? "" : this.#all.length === 0 ? "The policy has no rules." : word ? `No rule fits ${this.filter.value.trim()}.` : "Every rule was used.";
    this.list.element.hidden = shown.length === 0;
    this.list.set(shown);
  }

  leave() {}
}
