// <policy-differences store="PROD">: what changes for connections. `question` is what the server is asked, as
// JSON; `stored` says that the server has what was typed. Tells `go` the object and field of a place.
import { Asker, button, count, h, hidden, icon, place } from "./dom.js";
import { lineOf } from "./simulate.js";

/** Differences with the same meaning that are drawn at once. */
const SHOWN = 3;
const PAUSE = 300;

class PolicyDifferences extends Asker {
  static props = ["question", "stored"];
  #question = "";
  get question() { return this.#question; }
  set question(question) {
    if (question === this.#question) return;
    this.#question = question ?? "";
    this.again();
  }

  show() {
    this.status = h("p", { role: "status" });
    this.failed = h("p", { class: "error", role: "alert", hidden: true });
    this.found = h("div", { class: "differences" });
    this.replaceChildren(this.status, this.failed, this.found);
    this.again();
  }

  again() { if (this.status && this.stored && this.#question) this.soon(PAUSE); }

  async ask() {
    // Meanwhile something was typed, or nothing is asked any more.
    if (!this.stored || !this.#question) return;
    if (!this.found.firstChild) this.status.textContent = "Connections are compared…";
    const question = JSON.parse(this.#question);
    const newest = await this.newest(this.ofStore("differences", question));
    if (!newest) return;
    const { answer, detail } = newest;
    // The page around it has alerts of its own: an empty one is not among them.
    this.failed.hidden = !detail;
    this.failed.textContent = detail ?? "";
    this.status.textContent = answer ? summary(answer) : "";
    const go = (at) => at.object && (() => this.tell("go", JSON.stringify([at.object, at.field])));
    const simulator = question.to === "draft" && ((stack, one) => this.#simulator(stack, one));
    this.found.replaceChildren(...(answer?.stacks ?? []).map((stack) => ofStack(stack, go, simulator)));
  }

  /** The page that asks about the connection of a difference. */
  #simulator(stack, { connection }) {
    const end = (address, port) => `${address.includes(":") ? `[${address}]` : address}:${port}`;
    const { way, local, local_port, remote, remote_port, job, user, at } = connection;
    const line = `stack ${stack.id} · ${lineOf({ way, local: end(local, local_port), remote: end(remote, remote_port), job, user, at })}`;
    return `/s/${encodeURIComponent(this.getAttribute("store"))}/analysis?tab=simulator&connection=${encodeURIComponent(line)}`;
  }
}

function summary({ compared, stacks }) {
  const sure = stacks.filter((one) => one.total > 0).length;
  if (compared === 0) return "There is no stack, so there are no connections.";
  if (stacks.length === 0) return "No connection is treated otherwise.";
  if (sure === 0) return "No connection was found that is treated otherwise; not everything could be found out.";
  return `Connections of ${sure === compared ? count(sure, "stack") : `${sure} of ${count(compared, "stack")}`} are treated otherwise.`;
}

function ofStack(stack, go, simulator) {
  const { differences, total, undecided, undecided_total, unreadable, unreadable_total } = stack;
  const list = h("ul", { class: "difference-list" }, groups(differences).map((group) => alike(stack, group, go, simulator)));
  const cut = total - differences.length;
  const only = stack.before ? (stack.after ? "" : ", which is deleted") : ", which is new";
  return h("section", { class: "stack-difference", "aria-label": `Connections of ${stack.stack}` },
    h("h3", {}, stack.stack, h("span", { class: "soft" }, `${only}: ${count(total, "difference")}`)), list,
    cut > 0 && h("p", { class: "soft" }, `And ${cut} more, which are not listed.`),
    undecided_total > 0 && h("div", {}, h("p", { class: "note tone-warning" }, icon("warning"), h("span", {}, `It could not be found out for ${count(undecided_total, "pair")} of rules:`)),
      h("ul", { class: "change-words" }, undecided.map((one) => h("li", {}, rules(one, go))))),
    unreadable_total > 0 && h("div", {}, h("p", { class: "note tone-warning" }, icon("warning"), h("span", {}, `${count(unreadable_total, "rule has a condition", "rules have a condition")} that cannot be read; they are taken to match nothing:`)),
      h("ul", { class: "change-words" }, unreadable.map((one) => h("li", {}, place(go, one.at, one.name))))));
}

/** Differences with the same meaning together, the worst first. */
function groups(differences) {
  const found = new Map();
  for (const one of differences) {
    const key = JSON.stringify(one.changes);
    if (!found.has(key)) found.set(key, []);
    found.get(key).push(one);
  }
  const rank = ([{ changes }]) => ["error", "warning", "ok"].indexOf(meaning(changes)[0]);
  return [...found.values()].sort((one, other) => rank(one) - rank(other));
}

/** What it means, the parameters, and the rules, each with a connection. */
function alike(stack, group, go, simulator) {
  const [{ changes }] = group;
  const [tone, words] = meaning(changes);
  const parameters = words === TREATED && changes;
  const list = h("ul", { class: "difference-rules" });
  const draw = (most) => list.replaceChildren(...group.slice(0, most).map((one) => h("li", {}, difference(stack, one, go, simulator))));
  draw(SHOWN);
  const more = group.length > SHOWN && button(`Show all ${group.length}`, "ghost", () => { draw(Infinity); more.remove(); });
  return h("li", { class: `tone-${tone}` }, icon(tone), h("div", { class: "difference-body" },
    h("p", {}, h("strong", {}, words), group.length > 1 && h("span", { class: "soft" }, ` ${group.length} times.`)),
    parameters && h("ul", { class: "change-words" }, parameters.map((change) => h("li", {}, change.label || change.name, " ", h("small", { class: "second-word" }, change.name), ": ",
      value(change.before), " → ", hidden("becomes "), value(change.after)))),
    list, more));
}

function difference(stack, one, go, simulator) {
  return [h("p", {}, rules(one, go)),
    h("p", { class: "soft" }, "Such as ", h("span", { class: "mono" }, one.such_as), ".", simulator && [" ", h("a", { href: simulator(stack, one) }, "Look at it in the simulator")]),
    h("p", { class: "soft" }, `All of them: ${one.among}.`)];
}

const value = (texts) => (texts.length === 0 ? h("span", { class: "soft" }, "not known") : h("code", {}, texts.join(" ")));

const TREATED = "Treated otherwise.";
const STATES = {
  "TLS clear": ["error", "No longer protected."],
  "clear TLS": ["ok", "Protected from now on."],
  "TLS unreadable": ["error", "Whether it is protected cannot be read any more."],
  "clear unreadable": ["warning", "Whether it is protected cannot be read any more."],
  "unreadable TLS": ["ok", "Protected from now on."],
  "unreadable clear": ["warning", "In the clear from now on."],
};

/** How bad it is, and in words. */
function meaning(changes) {
  const enabled = changes.find((one) => one.name === "TTLSEnabled");
  return STATES[enabled && `${enabled.before[0]} ${enabled.after[0]}`] ?? ["warning", TREATED];
}

function rules({ before, after }, go) {
  const name = (rule) => h("code", {}, rule.name);
  if (before && after && before.name === after.name) return ["Rule ", place(go, after.at, name(after)), "."];
  if (!before && !after) return "Nothing is known of any rule.";
  return [before ? ["Rule ", name(before), " before, "] : "No rule before, ", after ? ["rule ", place(go, after.at, name(after)), " after."] : "no rule after."];
}

customElements.define("policy-differences", PolicyDifferences);
