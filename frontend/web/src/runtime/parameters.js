// What counts for a rule or a connection, and where it is said.
import { h, page as explained } from "../policy/dom.js";

const from = (said) => [`${said.scope} action ${said.action}, `, h("span", { class: "mono" }, said.place)];

/** What is coded stands above, the defaults can be opened. */
export function parametersOf({ parameters }) {
  const row = (one) => h("tr", {}, h("td", {}, h("a", { href: explained(one.name) }, one.name)), h("td", {}, h("code", {}, one.value)),
    h("td", {}, one.said ? from(one.said) : "default", one.beaten.map((beaten) => [", not ", h("code", {}, beaten.value), " of ", from(beaten)])));
  const table = (label, rows) => h("table", { class: "plain is-top runtime-parameters", "aria-label": label },
    h("thead", {}, h("tr", {}, ["Parameter", "Value", "From"].map((words) => h("th", { scope: "col" }, words)))), h("tbody", {}, rows.map(row)));
  const coded = parameters.filter((one) => one.own || one.beaten.length > 0);
  const rest = parameters.filter((one) => !coded.includes(one));
  return h("section", {}, h("h3", {}, "What counts for it"),
    coded.length > 0 ? table("What the policy says", coded) : h("p", { class: "soft" }, "The policy says nothing but defaults."),
    rest.length > 0 && h("details", { class: "defaults" }, h("summary", {}, `Defaults: ${rest.length}`), table("Defaults", rest)));
}
