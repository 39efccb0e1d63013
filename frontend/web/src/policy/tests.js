// <policy-tests store="PROD">: expectations of an administrator, tested as they are typed. `owners` are id, name
// and what it is of each stack, image and group, as JSON; `shown` is the id of one and the text that it keeps;
// `closed` says why it cannot be changed, `stored` that the server has what was typed. Tells `owner` the one that
// was chosen, `typed` the text, `go` the object and field of a place.
import { EditorState } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { lintGutter, lintKeymap } from "@codemirror/lint";
import { Asker, WORDS, button, code, count, field, h, hidden, icon, page, place, select, sentence } from "./dom.js";
import { changes, mark, offset, textOf } from "./edit.js";
import { save } from "./files.js";
import { looks, testWords } from "../look.js";

const PAUSE = 400;
/** Lines that are listed. */
const LISTED = 100;

const FORMS = [
  ["inbound local port 1414 must be protected", "the partner opens it; `outbound`, or `any`"],
  ["… local 10.1.0.0/16 port 21,990 …", "addresses and ports of this side; `remote` for the partner’s"],
  ["… job CSQ* user MQADM …", "who owns the socket"],
  ["… must be protected with at least TLSv1.2", "and no older version"],
  ["… with keyring CSQ1/RING and label \"MQ PROD\"", "several demands, with `and`"],
  ["… with forward secrecy", "each connection has a key of its own"],
  ["… with client certificate required", "no partner without one"],
  ["… with suites from C030,1302", "no other suite"],
  ["… with HandshakeTimeout 20", "any attribute and its value"],
  ["… must be clear", "no TLS"],
  ["… must meet rule NAME", "or `must meet no rule`"],
  ["stack TCPIP:", "the lines below are about this stack alone"],
];

class PolicyTests extends Asker {
  static props = ["owners", "shown", "closed", "stored"];
  #owners = []; #owner = ""; #text = ""; #closed = "";
  get owners() { return this.#owners; }
  set owners(owners) { this.#owners = JSON.parse(owners || "[]"); this.#drawOwners(); }
  get shown() { return JSON.stringify([this.#owner, this.#text]); }
  set shown(shown) {
    const [owner, text] = JSON.parse(shown || '["",""]');
    const another = owner !== this.#owner;
    [this.#owner, this.#text] = [owner, text];
    if (another) this.#drawOwners();
    if (!this.view) return;
    if (another) return this.#open();
    // From elsewhere: undo, another browser.
    if (text !== textOf(this.view.state)) {
      this.quiet = true;
      this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text } });
      this.quiet = false;
      this.again();
    }
  }
  get closed() { return this.#closed; }
  set closed(why) { this.#closed = why ?? ""; this.#drawState(); }

  show() {
    this.choice = select([], "", { onchange: () => this.tell("owner", this.choice.value) });
    this.state = h("p", { class: "soft" });
    this.box = h("div", { class: "desk-text tests-text" });
    this.status = h("p", { role: "status", class: "tests-status" });
    this.failed = h("p", { class: "error", role: "alert" });
    this.begin = h("div", {});
    this.list = h("section", { class: "desk-list", "aria-label": "Results" });
    const forms = h("dl", { class: "tests-forms" }, FORMS.map(([form, words]) => [h("dt", {}, h("code", {}, form)), h("dd", { class: "soft" }, code(words))]));
    const body = h("div", { class: "tests" },
      h("div", { class: "tests-main" }, this.box, this.status, this.failed, this.begin, this.list),
      h("aside", { class: "tests-help", "aria-label": "How a line is written" }, h("h2", {}, "How a line is written"),
        h("p", {}, "Which connections, ", h("code", {}, "must"), ", and what is expected. A line holds only if it holds for all of its connections: it is proven, not sampled."), forms));
    this.replaceChildren(h("div", { class: "tests-bar" }, field("Tests of", "", this.choice), button("Download", "ghost", () => save(`${this.#name()}.tests`, textOf(this.view.state)))), this.state, body);
    this.#drawOwners();
    this.#open();
    this.#drawState();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.view?.destroy();
    this.view = undefined;
  }

  #name() { return this.#owners.find(([id]) => id === this.#owner)?.[1] ?? "policy"; }

  #drawOwners() {
    if (!this.choice) return;
    this.choice.replaceChildren(...select(this.#owners.map(([id, name, what]) => [id, `${name} (${what})`]), this.#owner).children);
  }

  #drawState() {
    if (!this.state) return;
    this.state.textContent = this.#closed ? `${this.#closed} What you type here is tested, and not kept.`
      : "Kept with it, in your draft first, and in each revision.";
  }

  #open() {
    this.view?.destroy();
    const changed = (state) => {
      if (!this.quiet && !this.#closed) { this.#text = textOf(state); this.tell("typed", this.#text); }
      this.again();
    };
    this.view = new EditorView({ parent: this.box, state: EditorState.create({
      doc: this.#text,
      extensions: [
        lineNumbers(), history(), lintGutter(), testWords, ...looks, EditorView.lineWrapping,
        keymap.of([...lintKeymap, ...historyKeymap, ...defaultKeymap]),
        EditorView.contentAttributes.of({ "aria-label": "Policy tests" }),
        EditorView.updateListener.of((update) => { if (update.docChanged) changed(update.state); }),
      ],
    }) });
    for (const part of [this.begin, this.list]) part.replaceChildren();
    this.status.textContent = "";
    this.again(0);
  }

  again(pause = PAUSE) { if (this.view && this.#owner) this.soon(pause); }

  async ask() {
    if (!this.view || !this.#owner) return;
    const text = textOf(this.view.state);
    const newest = await this.newest(this.ofStore("test", { owner: this.#owner, tests: text }));
    // A newer question is under way, or will be.
    if (!newest || !this.view || textOf(this.view.state) !== text) return;
    const { answer, detail } = newest;
    this.failed.textContent = detail ?? "";
    if (!answer) { this.status.textContent = ""; return this.list.replaceChildren(); }
    this.#take(answer);
    performance.mark("policy-tested");
  }

  #take(answer) {
    const { stacks, holds, fails, undecided, findings, findings_total, results, examples } = answer;
    const bad = results.filter((one) => one.result !== "holds");
    const marks = [...findings, ...bad.map(asFinding)];
    this.view.dispatch(mark(this.view.state, marks, (one) => this.#mend(one)));
    const counts = [[fails, fails === 1 ? "fails" : "fail"], [undecided, "not decided"], [holds, holds === 1 ? "holds" : "hold"], [findings_total, findings_total === 1 ? "line is not understood" : "lines are not understood"]];
    const words = counts.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`);
    const worst = fails + findings_total > 0 ? "error" : undecided > 0 ? "warning" : "ok";
    this.status.className = `tests-status tone-${worst}`;
    this.status.replaceChildren(...(stacks === 0 ? ["There is no stack here, so nothing is tested."]
      : words.length > 0 ? [icon(worst), h("span", {}, `${words.join(", ")}${stacks > 1 ? `, on ${count(stacks, "stack")}` : ""}.`)] : ["No expectation yet."]));
    this.begin.replaceChildren(...((examples?.length > 0 && stacks > 0) ? [
      h("p", {}, "What holds now, as lines to begin with:"), h("pre", { class: "mono tests-example", tabindex: "0", "aria-label": "Example" }, examples.join("\n")),
      button("Begin with these", "tertiary", () => this.#insert(examples))] : []));
    const several = new Set(results.map((one) => one.stack)).size > 1;
    const wrong = [...findings.map((one) => [one.at.line, this.#finding(one)]), ...bad.map((one) => [one.at.line, this.#failed(one, several)])];
    const lines = wrong.sort(([one], [other]) => one - other).flatMap(([, lines]) => lines);
    this.list.replaceChildren(...(lines.length === 0 ? [] : [h("h2", {}, "What does not hold"), h("ul", { class: "drawer-list" }, lines.slice(0, LISTED)),
      lines.length > LISTED && h("p", { class: "soft" }, `And ${lines.length - LISTED} more; mend these first.`)].filter(Boolean)));
  }

  #insert(lines) {
    const { doc } = this.view.state;
    const before = doc.length > 0 && !textOf(this.view.state).endsWith("\n") ? "\n" : "";
    this.view.dispatch({ changes: { from: doc.length, insert: `${before}${lines.join("\n")}\n` } });
    this.view.focus();
  }

  #mend(one) {
    this.view.dispatch({ changes: changes(this.view.state.doc, one.fix) });
    this.view.focus();
  }

  #line(at) {
    const go = () => {
      const anchor = offset(this.view.state.doc, at.line, at.column);
      this.view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: "center" }) });
      this.view.focus();
    };
    return h("button", { type: "button", class: "link keep", onclick: go }, `line ${at.line}`);
  }

  #finding(one) {
    return h("li", { class: `drawer-line tone-${one.severity}` }, icon(one.severity), h("span", { class: "desk-finding" },
      hidden(`${WORDS[one.severity]}: `), this.#line(one.at), " ", h("a", { href: page(one.code) }, one.code), " ", code(sentence(one.message)), " ", h("span", { class: "soft" }, code(sentence(one.help)))),
    one.fix && button(`Fix: ${one.fix.title}`, "ghost", () => this.#mend(one)));
  }

  /** A line that does not hold, once for each rule that it fails at. */
  #failed(one, several) {
    const stack = several ? h("span", { class: "soft" }, `${one.stack}: `) : "";
    const go = (at) => at.object && (() => this.tell("go", JSON.stringify([at.object, at.field])));
    if (one.result === "undecided") {
      return [h("li", { class: "drawer-line tone-warning" }, icon("warning"), h("span", { class: "desk-finding" }, this.#line(one.at), " ", stack, h("code", {}, one.text), " It could not be found out whether it holds; describe fewer connections."))];
    }
    const failures = one.failures.map((failure) => h("li", { class: "drawer-line tone-error" }, icon("error"), h("span", { class: "desk-finding" },
      hidden("Error: "), this.#line(one.at), " ", stack, h("strong", {}, sentence(failure.why)), " ",
      failure.rule ? ["Rule ", place(go, failure.rule.at, h("code", {}, failure.rule.name)), "."] : "No rule applies.",
      failure.coded && [" ", place(go, failure.coded, "Where it is said"), "."],
      h("span", { class: "tests-such soft" }, "Such as ", h("span", { class: "mono" }, failure.such_as)))));
    return one.more > 0 ? [...failures, h("li", { class: "drawer-line tone-error" }, icon("error"), h("span", {}, this.#line(one.at), ` ${count(one.more, "more rule does", "more rules do")} not do what is expected.`))] : failures;
  }
}

/** As a mark in the text. */
function asFinding(one) {
  if (one.result === "undecided") return { code: "AT306", severity: "warning", at: one.at, message: "it could not be found out whether this holds", help: "describe fewer connections" };
  const [first] = one.failures;
  const others = one.failures.length - 1 + one.more;
  const met = first.rule ? `rule \`${first.rule.name}\`` : "no rule";
  return { code: "AT304", severity: "error", at: one.at, message: `${first.such_as} meets ${met}: ${first.why}`, help: others > 0 ? `${count(others, "more rule")} at fault` : "change what the rule gives, or the expectation" };
}

customElements.define("policy-tests", PolicyTests);
