// The key rings of the server's machine: what they hold, what ends soon, and what policies want of them.
import { fromServer } from "../policy/client.js";
import { Element, button, code, count, h, hidden, icon, input } from "../policy/dom.js";

/** How long an answer about key rings is taken for true, in milliseconds. */
const KEPT = 60_000;
const asked = new Map();

let me;

/** Whether who is logged in administers the server, or nothing when the server does not say: others are not told, and
 *  what they are refused goes to the audit. */
export async function administers() {
  if (!me || performance.now() - me.at > KEPT) me = { at: performance.now(), answer: fromServer("/session") };
  const { answer } = await me.answer;
  if (!answer) me = undefined;
  return answer?.administrator;
}

/** The key rings, with what the newest revision of the store wants of them. */
export function rings(store, anew = false) {
  const known = asked.get(store);
  if (known && !anew && performance.now() - known.at < KEPT) return known.answer;
  const answer = fromServer(`/keyrings?store=${encodeURIComponent(store)}`);
  asked.set(store, { at: performance.now(), answer });
  return answer;
}

/** "ends in 5 days" */
export function ending({ days_left: days, expires, not_after: until }) {
  if (expires === "ended") return `ended on ${until.slice(0, 10)}`;
  if (!expires) return `until ${until.slice(0, 10)}`;
  return `ends ${days === 0 ? "within a day" : `in ${count(days, "day")}`}`;
}

/** What ends within 30 days or has ended, what ends first on top. */
export function endingSoon({ rings: all }) {
  const soon = all.flatMap((ring) => ring.certificates.filter((one) => one.expires).map((one) => ({ ring: ring.name, ...one })));
  return soon.sort((a, b) => a.days_left - b.days_left);
}

const tone = ({ expires }) => (expires === "ended" || expires === "day" ? "error" : "warning");
const told = (one) => h("span", {}, h("span", { class: `runtime-tone tone-${tone(one)}` }, icon(tone(one))), hidden(tone(one) === "error" ? "Error: " : "Warning: "), ` ${one.ring} `, h("strong", {}, one.label), ` ${ending(one)}`);

/** A note about what ends soon; nothing when nothing does. */
export function note(answer, href) {
  const soon = endingSoon(answer);
  if (soon.length === 0) return undefined;
  return h("div", { class: "runtime-ending" }, soon.slice(0, 3).map((one) => h("p", { class: "note" }, told(one))),
    h("p", { class: "note" }, h("a", { href }, soon.length > 3 ? `All ${soon.length} certificates that end soon` : "Key rings of this machine")));
}

/** A word of a command line. */
const quoted = (text) => (/^[\w./=:@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/** The command that puts another certificate in the place of one. */
function renewal(ring, one) {
  const at = `${quoted(ring)} --label ${quoted(one.label)}`;
  if (one.usage === "authority") return `gatehouse keyring import ${quoted(ring)} new-authority.pem --label ${quoted(one.label)} --authority --replace`;
  if (one.subject !== one.issuer) return `gatehouse keyring import ${quoted(ring)} new.crt new.key chain.pem --label ${quoted(one.label)} --replace`;
  const hosts = one.names.map((name) => ` --host ${quoted(name)}`).join("");
  return `gatehouse keyring generate ${at} --subject ${quoted(one.subject)}${hosts} --self-signed --replace`;
}

const KINDS = { rsa: "RSA", ec: "EC", ed25519: "Ed25519", other: "other" };
const keyOf = ({ kind, bits, curve }) => [KINDS[kind], curve || (kind === "ed25519" ? "" : `${bits}`)].filter(Boolean).join(" ");

export class KeyRings {
  #answer; #drawn;

  constructor(page) {
    this.page = page;
    this.filter = input({ type: "search", "aria-label": "Filter key rings", placeholder: "Ring, label, or a name of a certificate", oninput: () => this.#draw() });
    this.count = h("span", { class: "toolbar-count", role: "status" });
    this.wrong = h("p", { class: "error", role: "alert" });
    this.body = h("div", { class: "runtime-rings" });
    this.bar = h("div", { class: "toolbar" }, h("div", { class: "search-field" }, icon("search"), this.filter), this.count, h("div", { class: "toolbar-end" }, button("Ask now", "ghost", () => this.refresh(true))));
    this.element = h("div", { class: "runtime-view runtime-scrolls" }, this.bar, this.wrong, this.body);
  }

  async refresh(anew = false) {
    const given = await this.page.newest("rings", rings(this.page.store, anew));
    if (!given) return;
    this.wrong.textContent = given.detail ?? "";
    if (!given.answer) return;
    this.#answer = given.answer;
    this.#draw();
  }

  #draw() {
    const answer = this.#answer;
    if (!answer) return;
    const word = this.filter.value.trim().toLowerCase();
    const shown = answer.rings.filter((ring) => JSON.stringify([ring.name, ring.certificates.map((one) => [one.label, one.subject, one.names])]).toLowerCase().includes(word));
    const key = JSON.stringify([answer.rings, answer.configured, word]);
    if (key === this.#drawn) return;
    this.#drawn = key;
    this.bar.hidden = answer.rings.length === 0;
    this.count.textContent = `${shown.length === answer.rings.length ? "" : `${shown.length} of `}${count(answer.rings.length, "key ring")}`;
    this.body.replaceChildren(...(answer.rings.length === 0 ? [none(answer)] : shown.length === 0 ? [h("p", { class: "soft" }, `No key ring fits ${this.filter.value.trim()}.`)] : shown.map(section)));
  }

  leave() {}
}

const none = ({ configured }) => h("div", { class: "empty-state" }, configured
  ? [h("h2", {}, "There is no key ring yet"), h("p", {}, "A key ring holds the certificate of a program with its key, and the authorities that it trusts:"),
    h("pre", { class: "runtime-command", tabindex: 0 }, "gatehouse keyring create WEB/RING\ngatehouse keyring import WEB/RING server.crt server.key chain.pem --label SERVER")]
  : [h("h2", {}, "The server was not told where key rings are"), h("p", {}, "It shows those of the engines on its machine when it is started with their directory:"),
    h("pre", { class: "runtime-command", tabindex: 0 }, "gatehouse serve --keyrings /etc/gatehouse/keyrings")]);

function section(ring) {
  const row = (one) => h("tr", {},
    h("td", {}, h("strong", {}, one.label), one.default && [" ", h("span", { class: "cds--tag cds--tag--sm cds--tag--blue" }, h("span", {}, "default"))]),
    h("td", {}, one.usage === "personal" ? "presented" : "trusted"),
    h("td", {}, one.subject, one.names.length > 0 && h("small", { class: "soft runtime-names" }, one.names.join(", "))),
    h("td", { class: "keep" }, keyOf(one.key)),
    h("td", { class: "keep" }, one.expires ? [h("span", { class: `runtime-tone tone-${tone(one)}` }, icon(tone(one))), ` ${ending(one)}`] : one.not_after.slice(0, 10)),
    h("td", {}, one.subject === one.issuer ? "signed itself" : [one.chain.length > 0 ? one.chain.join(" ‹ ") : one.issuer, !one.chain_complete && h("small", { class: "soft runtime-names" }, "the ring has no root of it")]));
  const renewals = ring.certificates.filter((one) => one.expires);
  const remarks = ring.remarks.map((one) => h("li", { class: "note" }, h("span", { class: `runtime-tone tone-${one.severity === "error" ? "error" : "warning"}` }, icon(one.severity === "error" ? "error" : "warning")),
    h("span", {}, hidden(one.severity === "error" ? "Error: " : "Warning: "), one.label && [h("strong", {}, one.label), ": "], code(one.message))));
  return h("section", { class: "section", "aria-label": `Key ring ${ring.name}` }, h("h3", {}, h("span", { class: "mono" }, ring.name)),
    remarks.length > 0 && h("ul", { class: "runtime-ring-remarks", "aria-label": `What is wrong with ${ring.name}` }, remarks),
    ring.certificates.length > 0 && h("div", { class: "grid-scroll" }, h("table", { class: "plain is-top", "aria-label": `Certificates of ${ring.name}` },
      h("thead", {}, h("tr", {}, ["Label", "Use", "Subject and names", "Key", "Valid", "Issued by"].map((words) => h("th", { scope: "col" }, words)))), h("tbody", {}, ring.certificates.map(row)))),
    ring.requests.length > 0 && h("p", {}, `Keys that wait for their certificates: ${ring.requests.join(", ")}. `, h("code", {}, `gatehouse keyring import ${quoted(ring.name)} answer.crt chain.pem --label ${quoted(ring.requests[0])}`), " brings one."),
    renewals.length > 0 && [h("p", { class: "soft" }, "What ends is replaced by"), h("pre", { class: "runtime-command", tabindex: 0 }, renewals.map((one) => renewal(ring.name, one)).join("\n"))],
    ring.remarks.length > renewals.length && h("p", { class: "soft" }, "The command that mends each fault is told by ", h("code", {}, `gatehouse keyring check ${quoted(ring.name)}`), "."));
}

/** <keyring-warnings>: what ends soon, on a page that is about something else. `store` is the open store's name. */
class KeyringWarnings extends Element {
  async show() {
    const store = this.getAttribute("store");
    const { answer } = await administers() ? await rings(store) : {};
    const said = answer && note(answer, `/s/${encodeURIComponent(store)}/runtime?show=rings`);
    if (said) this.replaceChildren(h("section", { class: "section", "aria-label": "Certificates that end soon" }, h("h2", {}, "Certificates that end soon"), said));
  }
}
customElements.define("keyring-warnings", KeyringWarnings);
