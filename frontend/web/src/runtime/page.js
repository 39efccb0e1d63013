// <runtime-page>: the engines of the server's machine. `store` is the open store's name, `query` the query of the
// address, `objects` kind, id and name of its rules and levels as JSON; behind a rule follow the ids of its levels.
// Tells `address` the query that stands for what is shown.
import { fromServer } from "../policy/client.js";
import { Element, button, count, h, icon, select } from "../policy/dom.js";
import { Connections } from "./connections.js";
import { Failures } from "./failures.js";
import { Log } from "./log.js";
import { KeyRings, administers, note as endingNote, rings } from "./rings.js";
import { Rules } from "./rules.js";
import { Traces } from "./traces.js";
import { moment, utc } from "./words.js";

const VIEWS = { connections: ["Connections", Connections], rules: ["Rules", Rules], failures: ["Failed handshakes", Failures], trace: ["Trace", Traces], log: ["Log", Log], rings: ["Key rings", KeyRings] };
/** What is shown where no engine answers. */
const ALONE = ["rings"];
/** How often what is shown is asked for again, in seconds. */
const PACES = [["2", "every 2 s"], ["5", "every 5 s"], ["30", "every 30 s"], ["0", "paused"]];

class RuntimePage extends Element {
  static props = ["query", "objects"];
  #query = new URLSearchParams(); #objects = []; #engines; #numbers = {}; #view; #shown = ""; #due; #pace = "5";
  rules; traced;

  get store() { return this.getAttribute("store"); }
  get query() { return String(this.#query); }
  set query(text) {
    this.#query = new URLSearchParams(text ?? "");
    if (this.views) this.#draw();
  }
  get objects() { return JSON.stringify(this.#objects); }
  set objects(text) { this.#objects = JSON.parse(text || "[]"); }
  /** Changes when names may lead elsewhere. */
  get linked() { return this.#objects.length; }

  show() {
    this.state = h("div", { class: "runtime-state" });
    this.head = h("section", { class: "runtime-head", hidden: true });
    this.ending = h("div", { class: "runtime-state", role: "status" });
    this.views = h("div", { class: "runtime-views" });
    this.replaceChildren(this.state, this.head, this.ending, this.views);
    this.seen = () => { if (!document.hidden) this.#again(); };
    document.addEventListener("visibilitychange", this.seen);
    this.state.replaceChildren(h("div", { class: "skeleton", role: "status", "aria-label": "Asking the engines" }, h("div", { class: "skeleton-line" }), h("div", { class: "skeleton-line" })));
    this.#again();
  }

  disconnectedCallback() {
    clearTimeout(this.#due);
    document.removeEventListener("visibilitychange", this.seen);
    this.#view?.leave();
    this.#view = undefined;
    this.#shown = "";
    this.views = undefined;
  }

  /** What the address says of this. */
  at(key) { return this.#query.get(key) ?? ""; }

  /** Shows something else; what has no value leaves the address. */
  move(places) {
    for (const [key, value] of Object.entries(places)) {
      if (value) this.#query.set(key, value);
      else this.#query.delete(key);
    }
    const text = String(this.#query);
    this.tell("address", text && `?${text}`);
    this.#draw();
  }

  path(what) { return `/api/v1/engines/${encodeURIComponent(this.engine?.name ?? "")}/${what}`; }
  /** Asks the engine that is shown. */
  ask(what, body, method) { return fromServer(this.path(what).slice("/api/v1".length), body, method); }

  /** An answer, or nothing when a newer question of this kind was asked meanwhile. */
  async newest(kind, answer) {
    const number = this.#numbers[kind] = (this.#numbers[kind] ?? 0) + 1;
    const view = this.#view;
    const given = await answer;
    return number === this.#numbers[kind] && view === this.#view ? given : undefined;
  }

  /** The rule of the store that the engine calls so. */
  #ruleOf(name) {
    const stem = name?.replace(/~\d+$/, "");
    return this.#objects.find(([kind, , known]) => kind === "rule" && (known === name || known === stem));
  }

  #linkTo([kind, id], words) { return h("a", { href: `/s/${encodeURIComponent(this.store)}/${kind}/${encodeURIComponent(id)}` }, words); }

  /** A rule's name; where the store has a rule of that name, the way to it. */
  ruleLink(name) {
    const found = this.#ruleOf(name);
    return found ? this.#linkTo(found, name) : h("span", {}, name);
  }

  /** The ways to the security levels by which a rule of the store protects; to one where the name of the environment action tells which. */
  levelLinks(rule, [, environment = ""] = []) {
    const ids = this.#ruleOf(rule)?.slice(3) ?? [];
    const levels = this.#objects.filter(([kind, id]) => kind === "security-level" && ids.includes(id));
    const named = levels.filter(([, , name]) => environment.split("~").includes(name));
    return (named.length === 1 ? named : levels).map((level, at) => [at > 0 && ", ", this.#linkTo(level, level[2])]);
  }

  /** Leads to a new trace of these connections. */
  trace(which) {
    this.traced = which;
    this.#shown = "";
    this.move({ show: "trace", connection: "", filter: "" });
  }

  /** How often it is asked, to be chosen. */
  pace() {
    const choice = select(PACES, this.#pace, { "aria-label": "Ask again", onchange: () => { this.#pace = choice.value; this.#again(); } });
    return h("div", { class: "runtime-pace" }, h("div", { class: "cds--select-input__wrapper" }, choice, icon("down")), button("Ask now", "ghost", () => this.#again()));
  }

  get engine() {
    const engines = this.#engines?.engines ?? [];
    return engines.find((one) => one.name === this.at("engine")) ?? engines.find((one) => one.status && one.stacks.length > 0) ?? engines.find((one) => one.status) ?? engines[0];
  }

  /** Asks the server, and again after a while. */
  async #again() {
    clearTimeout(this.#due);
    if (!document.hidden) {
      const given = await this.newestOfPage(this.#ask());
      if (!this.views || !given) return;
      if (given.status === 403) return this.#take(given);
      const view = this.#view;
      this.#take(given);
      // What was only now made has asked already.
      if (view === this.#view) await view?.refresh();
      await this.#lookAtRings();
    }
    if (!this.views) return;
    clearTimeout(this.#due);
    const pause = Number(this.#pace);
    if (pause > 0) this.#due = setTimeout(() => this.#again(), pause * 1000);
  }

  async #ask() {
    return await administers() === false ? { status: 403 } : fromServer(`/engines?store=${encodeURIComponent(this.store)}`);
  }

  /** What ends soon is told wherever on the page somebody is. */
  async #lookAtRings() {
    const { answer } = await rings(this.store);
    if (!this.views || !this.#engines) return;
    const said = answer && endingNote(answer, `${location.pathname}?show=rings`);
    const words = said?.textContent ?? "";
    if (this.ending.textContent !== words) this.ending.replaceChildren(...(said ? [said] : []));
  }

  async newestOfPage(answer) {
    const number = this.#numbers.page = (this.#numbers.page ?? 0) + 1;
    const given = await answer;
    return number === this.#numbers.page ? given : undefined;
  }

  #take({ answer, detail, status }) {
    if (answer) {
      // Those of this store come first.
      answer.engines.sort((a, b) => b.stacks.length - a.stacks.length);
      this.#engines = answer;
      this.state.replaceChildren(...this.#problems(answer));
    } else if (status === 403) {
      this.#engines = undefined;
      this.state.replaceChildren(h("div", { class: "empty-state" }, h("h2", {}, "Engines are for administrators of the server"),
        h("p", {}, "They tell who is connected to what runs on the server's machine. Ask an administrator of the server to look, or to make this account one.")));
    } else {
      const since = this.#engines ? ` Below is what was known at ${moment(Date.parse(this.#engines.at) / 1000)}.` : "";
      this.state.replaceChildren(note("error", `${detail}${since}`));
    }
    this.#draw();
  }

  #problems({ engines, directory }) {
    if (engines.length > 0) return [];
    return [h("div", { class: "empty-state" }, h("h2", {}, "No engine has a control socket here"),
      h("p", {}, "Engines are looked for in ", h("code", {}, directory), ". An engine is seen here when it is started with a socket in that directory:"),
      h("pre", { class: "runtime-command", tabindex: 0 }, `gatehouse-engine --config /etc/gatehouse/ttls.policy --transparent --control ${directory}/main.sock`),
      h("p", {}, "or, with the unit for systemd, by ", h("code", {}, "systemctl enable --now gatehouse-engine@main"), ". When its sockets are elsewhere, the server is told so:"),
      h("pre", { class: "runtime-command", tabindex: 0 }, "gatehouse serve --engines /run/gatehouse-engine"),
      h("p", {}, "The user of the server has to be in the group that the engine's ", h("code", {}, "--control-group"), " names. ", h("code", {}, "docs/engine.md"), " tells the rest: the first protected program in five minutes."))];
  }

  #draw() {
    const { engine } = this;
    this.head.hidden = !engine;
    this.views.hidden = !this.#engines;
    if (engine) this.#drawHead(engine);
    if (!this.#engines) return this.#leave();
    const keys = Object.keys(VIEWS).filter((key) => engine?.status || ALONE.includes(key));
    const show = keys.includes(this.at("show")) ? this.at("show") : keys[0];
    const shown = `${engine?.name ?? ""}\n${keys.length}\n${show}`;
    if (this.#shown === shown) return;
    const within = this.contains(document.activeElement) && document.activeElement.role === "tab";
    this.#leave();
    this.#shown = shown;
    const [words, View] = VIEWS[show];
    this.#view = new View(this);
    if (keys.length === 1) {
      this.views.replaceChildren(h("section", { class: "section runtime-panel-of-tab", "aria-label": words }, h("h2", {}, words), this.#view.element));
    } else {
      const tabs = this.#tabs(keys, show);
      this.views.replaceChildren(tabs, h("div", { class: "runtime-panel-of-tab", role: "tabpanel", id: "runtime-panel", "aria-labelledby": `runtime-${show}` }, this.#view.element));
      if (within) tabs.querySelector("[aria-selected=true]").focus();
    }
    this.#view.refresh();
  }

  #leave() {
    this.#view?.leave();
    this.#view = undefined;
    this.#shown = "";
    this.views.replaceChildren();
  }

  #tabs(keys, shown) {
    const choose = (key) => this.move({ show: key === "connections" ? "" : key, filter: "", connection: "", unused: "" });
    const pressed = (event) => {
      const at = keys.indexOf(shown);
      const next = { ArrowRight: (at + 1) % keys.length, ArrowLeft: (at + keys.length - 1) % keys.length, Home: 0, End: keys.length - 1 }[event.key];
      if (next === undefined) return;
      event.preventDefault();
      choose(keys[next]);
    };
    return h("div", { class: "tabs", role: "tablist", "aria-label": "Parts of the engine", onkeydown: pressed }, keys.map((key) => h("button", {
      type: "button", role: "tab", class: "tab", id: `runtime-${key}`, "aria-selected": String(key === shown), "aria-controls": "runtime-panel", tabindex: key === shown ? "0" : "-1", onclick: () => choose(key),
    }, VIEWS[key][0])));
  }

  /** The engine that is shown, and the choice where there are others. Made anew only when it says something else. */
  #drawHead(engine) {
    const key = JSON.stringify([this.#engines.engines, engine.name, this.loaded, this.busy]);
    if (this.drawnHead === key) return;
    this.drawnHead = key;
    const focused = this.head.contains(document.activeElement) && document.activeElement.dataset.act;
    const { engines } = this.#engines;
    this.head.replaceChildren(...[
      engines.length > 1 && this.#choice(engines, engine),
      h("div", { class: "section-head" }, h("h2", {}, stateIcon(engine), ` ${engine.name} `, h("small", {}, stateWords(engine))),
        engine.status && ["update", "refresh"].map((what) => button(what === "update" ? "Update" : "Refresh", "tertiary", () => this.#load(what),
          { "data-act": what, disabled: this.busy !== undefined, title: what === "update" ? "Reads policy and key rings again if any of their files changed" : "Reads policy and key rings again, whether they changed or not" }))),
      h("div", { class: "runtime-result", role: "status" }, this.#result(engine)),
      engine.problem && note("error", engine.problem),
      engine.status && this.#facts(engine),
      ...(engine.status ? warnings(engine, this.store) : []),
    ].flat().filter(Boolean));
    if (focused) this.head.querySelector(`[data-act="${focused}"]`)?.focus();
  }

  #choice(engines, engine) {
    const row = (one) => h("tr", one === engine ? { class: "is-chosen", "aria-current": "true" } : {},
      h("td", {}, h("button", { type: "button", class: "link", "data-act": `engine ${one.name}`, onclick: () => { this.loaded = undefined; this.rules = undefined; this.move({ engine: one.name, connection: "" }); } }, one.name)),
      h("td", {}, stateIcon(one), ` ${stateWords(one)}`),
      h("td", {}, one.stacks.map((stack) => stack.name).join(", ") || (one.status?.stack ?? "")), h("td", {}, one.status ? `${count(one.status.rules, "rule")}, loaded ${moment(one.status.loaded)}` : ""),
      h("td", { class: "is-end" }, one.status ? `${one.status.open} of ${one.status.most}` : ""));
    return h("table", { class: "plain runtime-engines", "aria-label": "Engines" },
      h("thead", {}, h("tr", {}, ["Engine", "State", "Stack", "Policy", "Open connections"].map((words, at) => h("th", { scope: "col", class: at === 4 && "is-end" }, words)))), h("tbody", {}, engines.map(row)));
  }

  #facts({ status, stacks }) {
    const time = (seconds) => h("span", { title: utc(seconds) }, moment(seconds));
    const { unmapped } = status;
    const facts = [
      ["Policy", [stacks.length > 0 && stacks.map((one) => [h("a", { href: `/s/${encodeURIComponent(this.store)}/stack/${encodeURIComponent(one.id)}/rules` }, one.name), `, revision ${one.revision}; `]), `${count(status.rules, "rule")}${status.stack ? ` of stack ${status.stack}` : ""}, loaded `, time(status.loaded)]],
      ["Connections", `${status.open} open, at most ${status.most}`],
      ["No rule", [`${count(unmapped.connections, "connection")} ${status.fail_closed ? "refused" : "passed in the clear"} since `, time(unmapped.since), unmapped.last ? [", the last ", time(unmapped.last)] : ""]],
      ["Ways in", status.ways.length > 0 ? status.ways.map((way, at) => [at > 0 && h("br"), way]) : "none"],
      ["Engine", [`${status.version}, ${status.library}, started `, time(status.started)]],
    ];
    return h("dl", { class: "facts runtime-facts" }, facts.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
  }

  async #load(what) {
    const { engine } = this;
    [this.busy, this.loaded] = [what, undefined];
    this.#draw();
    const given = await this.ask(what, undefined, "POST");
    if (!this.views) return;
    [this.busy, this.loaded] = [undefined, { engine: engine.name, at: Date.now() / 1000, ...given }];
    this.rules = undefined;
    this.#draw();
    this.#again();
  }

  /** What came of an update. */
  #result(engine) {
    if (this.busy) return h("p", { class: "soft" }, "The engine reads its policy…");
    if (this.loaded?.engine !== engine.name) return undefined;
    const { answer, detail, at } = this.loaded;
    const words = {
      replaced: (rules) => ["ok", `Loaded at ${moment(at)}: ${rules}, which new connections meet.`],
      unchanged: (rules) => ["info", `Nothing changed since it was loaded: ${rules}.`],
      kept: (rules) => ["error", `There are errors. The policy from before stays in effect: ${rules}.`],
    };
    const [tone, said] = answer ? words[answer.outcome](count(answer.rules, "rule")) : ["error", detail];
    return h("div", { class: `runtime-loaded tone-${tone}` }, h("p", { class: `note tone-${tone}` }, icon(tone), h("span", {}, said)),
      answer?.remarks.length > 0 && h("ul", { class: "runtime-remarks", tabindex: 0, "aria-label": "Remarks" }, answer.remarks.map((line) => h("li", {}, line))),
      button("Close", "ghost", () => { this.loaded = undefined; this.#draw(); }, { "data-act": "close" }));
  }
}

const note = (tone, ...words) => h("p", { class: `note tone-${tone}` }, icon(tone), h("span", {}, words.flat(9).filter((one) => one !== false)));
const toneOf = ({ status }) => (!status ? "error" : status.ending ? "warning" : "ok");
const stateWords = ({ status }) => (!status ? "does not answer" : status.ending ? "ending: takes no new connections" : "running");
function stateIcon(engine) {
  const tone = toneOf(engine);
  return h("span", { class: `runtime-tone tone-${tone}` }, icon(tone));
}

/** What somebody should know of an engine that answers. */
function warnings({ status, stacks }, store) {
  const all = [];
  const { trial } = status;
  const install = () => h("a", { href: `/s/${encodeURIComponent(store)}/install` }, "Install");
  if (trial?.state === "running") {
    all.push(note("warning", `Its policy is on trial until ${moment(trial.until)}. Unless it is kept by then, the engine goes back to the one from before. What was installed from here is kept on the page `, install(), "; what was not, by ", h("code", {}, `gatehouse engine confirm`), "."));
  }
  if (trial?.state === "back") all.push(note("error", `At ${moment(trial.until)} the engine went back to the policy from before: ${trial.why}. The files of the trial are not loaded by themselves; `, h("strong", {}, "Update"), " loads them."));
  for (const stack of stacks.filter((one) => one.differs.length > 0)) {
    all.push(note("warning", `What it has loaded of ${stack.name} is not what revision ${stack.revision} installed: `, stack.differs.map((path, at) => [at > 0 && ", ", h("code", {}, path)]), ". ", h("strong", {}, "Update"), " loads what lies there now; the page ", install(), " tells whether somebody changed it."));
  }
  if (status.rules === 0) all.push(note("warning", `Its policy has no rules: every connection is ${status.fail_closed ? "refused" : "passed in the clear"}.`));
  if (status.fail_closed) all.push(note("info", "Connections that no rule takes are refused (", h("code", {}, "--fail-closed"), ")."));
  if (status.open >= status.most * 0.9) all.push(note("warning", `Nearly as many connections are open as may be: ${status.open} of ${status.most}. More wait, or are refused. `, h("code", {}, "--connections"), " sets how many."));
  return all;
}

customElements.define("runtime-page", RuntimePage);
