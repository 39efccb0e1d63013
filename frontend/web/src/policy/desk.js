// <policy-desk store="PROD">: files of the Policy Agent from elsewhere: which leads to which, what is wrong
// in them, mending it, and taking them over. What is here may hold passwords: it stays in memory, and nothing
// of it is stored. `state` is what <policy-takeover> wants to know of the store.
import { EditorView } from "@codemirror/view";
import { Topic, ask } from "./client.js";
import { Element, WORDS, button, code, count, field, h, hidden, icon, input, page, select, sentence } from "./dom.js";
import { changes, mark, offset, stateOf, textOf } from "./edit.js";
import { chosen, dropped, read, save } from "./files.js";
import "./takeover.js";

/** What was brought, by store: other pages may be looked at meanwhile. */
const desks = new Map();
const fresh = () => ({ files: new Map(), names: {}, left: new Set(), release: "", open: undefined, check: undefined, added: 0 });

/** Findings that are listed, and statements of one file. */
const LISTED = 100;
/** How long the files rest before what they would become is worked out again, in milliseconds. */
const REST = 800;
const ROLES = { main: "main file", image: "image file", policy: "policy", common: "common policy", other: "another technology" };

addEventListener("beforeunload", (event) => {
  if ([...desks.values()].some((desk) => desk.files.size > 0)) event.preventDefault();
});

class PolicyDesk extends Element {
  static props = ["state"];
  #state = "";
  get state() { return this.#state; }
  set state(text) {
    this.#state = text ?? "";
    if (this.takeover) this.takeover.state = this.#state;
  }
  #answers = new Topic((answer) => this.#take(answer));
  /** Counts changes of the text; and what it was when the last question was asked. */
  version = 0;
  asked = 0;

  show() {
    const store = this.getAttribute("store");
    this.desk = desks.get(store) ?? fresh();
    desks.set(store, this.desk);
    const choose = (props) => {
      const chooser = h("input", { type: "file", multiple: true, hidden: true, "aria-label": "Files", onchange: async () => {
        await this.bring(chosen(chooser));
        chooser.value = "";
      }, ...props });
      return chooser;
    };
    const [files, directory] = [choose(), choose({ webkitdirectory: true, "aria-label": "A directory" })];
    this.bar = h("div", { class: "toolbar desk-bar" }, files, directory,
      button("Add files", "tertiary", () => files.click()), button("Add a directory", "tertiary", () => directory.click()),
      button("Paste text", "tertiary", () => this.paste()), this.releases = h("span"), this.all = h("span", { class: "desk-all" }));
    this.status = h("p", { role: "status", class: "desk-status" });
    this.said = h("p", { role: "alert", class: "error" });
    this.tree = h("ul", { class: "desk-tree", "aria-label": "Files" });
    this.side = h("section", { class: "desk-side", "aria-label": "Which file leads to which" }, h("h2", {}, "Files"), this.tree);
    this.head = h("div", { class: "desk-head" });
    this.text = h("div", { class: "desk-text" });
    this.here = h("div", { class: "desk-here", role: "status" });
    this.list = h("section", { class: "desk-list", "aria-label": "Findings" });
    this.account = h("section", { class: "desk-account", "aria-label": "Statements" });
    this.simulator = h("policy-simulator");
    this.simulator.goer = (at) => () => this.#open(at.file, { line: at.line, column: 1 });
    this.simulator.asker = (at, question, more) => this.#about(at, question, more);
    this.simulator.lister = () => ask({ peers: null });
    const asks = h("details", { class: "desk-asks" }, h("summary", {}, "Which rule does a connection meet?"), this.simulator);
    this.main = h("div", { class: "desk-main" }, this.head, this.text, this.here, this.list, this.account, asks);
    this.empty = h("div", { class: "desk-empty" }, h("h2", {}, "No files yet"),
      h("p", {}, "Drop files or a whole directory here, add them, or paste text: a main file, image files and policy files, as they are on z/OS, in text or in EBCDIC."),
      h("p", { class: "soft" }, "They are checked in this browser and are not stored. Reloading the page forgets them."),
      h("p", { class: "soft" }, "Then they can be taken over: their rules become objects of the store, in your draft."));
    this.body = h("div", { class: "desk" }, this.side, this.main);
    this.over = h("section", { class: "takeover", id: "takeover", "aria-label": "Take over", hidden: true });
    this.over.addEventListener("close-takeover", () => this.#takeOver(false));
    this.takeover = undefined;
    this.view = undefined;
    this.replaceChildren(this.bar, this.status, this.said, this.empty, h("div", { class: "desk-both" }, this.over, this.body));
    this.ondragover = (event) => { event.preventDefault(); this.classList.add("is-over"); };
    this.ondragleave = () => this.classList.remove("is-over");
    this.ondrop = async (event) => {
      event.preventDefault();
      this.classList.remove("is-over");
      await this.bring(await dropped(event.dataTransfer));
    };
    this.#open(this.desk.open);
    this.#draw();
    this.#ask();
    if (this.desk.takesOver) this.#takeOver(true);
  }

  /** Shows what the files would become, or puts it away. */
  #takeOver(open) {
    const was = this.desk.takesOver;
    this.desk.takesOver = open;
    this.over.hidden = !open;
    this.classList.toggle("takes-over", open);
    if (open && !this.takeover) {
      const desk = this;
      this.takeover = h("policy-takeover", { store: this.getAttribute("store") });
      this.takeover.desk = {
        kept: this.desk,
        sources: () => desk.#sources(),
        text: (path) => { desk.#keep(); const file = desk.desk.files.get(path); return file?.text ?? file?.shown; },
        open: (at) => desk.#open(at.file, at),
        releases: () => desk.desk.check?.releases ?? [],
      };
      this.takeover.state = this.#state;
      this.over.replaceChildren(this.takeover);
    } else if (!open) {
      this.over.replaceChildren();
      this.takeover = undefined;
    }
    this.#drawAll();
    if (open && !was) this.takeover.querySelector("h2").focus();
    if (!open && was) this.all.querySelector("button[aria-controls]")?.focus();
  }

  disconnectedCallback() {
    this.#keep();
    this.view?.destroy();
    this.view = undefined;
    // A state tells its changes to the element that is gone.
    for (const file of this.desk.files.values()) file.state = undefined;
  }

  /** Takes files in. */
  async bring(files) {
    const { taken, left } = await read(files);
    this.said.textContent = left.length > 0 ? `Left out: ${left.join("; ")}.` : "";
    for (const file of taken) this.desk.files.set(file.path, file);
    const known = taken.some((file) => file.path === this.desk.open);
    if (known) this.#forget();
    if (!this.desk.open && taken.length > 0) this.desk.first = true;
    this.#draw();
    this.#ask();
  }

  paste() {
    let path;
    do { this.desk.added += 1; path = `pasted-${this.desk.added}`; } while (this.desk.files.has(path));
    this.desk.files.set(path, { path, text: "" });
    this.#open(path);
    this.#draw();
    this.view?.focus();
  }

  #ask() {
    this.#answers.ask(() => {
      this.asked = this.version;
      return { check: this.#sources() };
    });
    this.takeover?.ask(REST);
  }

  /** The files as a question has them. */
  #sources() {
    const { files, names, release } = this.desk;
    this.#keep();
    const sent = [...files.values()].map(({ path, text, base64 }) => (base64 === undefined ? { path, text } : { path, base64 }));
    const known = Object.entries(names).filter(([, path]) => files.has(path));
    return { files: sent, names: Object.fromEntries(known), ...(release ? { release } : {}) };
  }

  /** Asks about one of the stacks. */
  async #about(at, question, more) {
    const stack = this.desk.check?.stacks[at];
    if (!stack) return { detail: "There is no policy yet." };
    const sources = { ...this.#sources(), main: stack.main };
    try {
      const { answer, detail } = await ask({ [question]: { sources, ...(stack.name ? { stack: stack.name } : {}), ...more } });
      return { answer: answer?.[0], detail };
    } catch (error) {
      return { detail: error.message };
    }
  }

  #take({ answer, detail }) {
    if (!this.isConnected) return;
    if (!answer) { this.status.textContent = detail; return; }
    const desk = this.desk;
    for (const [path, text] of Object.entries(answer.texts ?? {})) {
      const file = desk.files.get(path);
      if (file?.base64 === undefined || file.shown === text) continue;
      file.shown = text;
      // It was opened before it could be shown.
      file.state = undefined;
      if (desk.open === path) this.#forget();
    }
    const isLeft = (one) => one.code === "AT201" && [...desk.left].some((name) => one.message.includes(`\`${name}\``));
    answer.findings = answer.findings.filter((one) => !isLeft(one));
    desk.check = answer;
    if (desk.first) {
      desk.first = false;
      this.#open(answer.findings[0]?.at.file ?? answer.tree.find((one) => one.path)?.path);
    }
    this.#draw();
    this.#mark();
    performance.mark("policy-checked");
  }

  /** The text of the open file goes back to where it is kept. */
  #keep() {
    const file = this.desk.files.get(this.desk.open);
    if (!this.view || !file || this.view.path !== file.path) return;
    file.state = this.view.state;
    if (file.typed) { file.text = textOf(file.state); file.typed = false; }
  }

  #forget() {
    this.view?.destroy();
    this.view = undefined;
    const open = this.desk.open;
    this.desk.open = undefined;
    this.#open(open);
  }

  #open(path, at) {
    const file = this.desk.files.get(path);
    if (!file) return;
    if (this.desk.open !== path || !this.view) {
      this.#keep();
      this.desk.open = path;
      file.state ??= stateOf(path, file.text ?? file.shown ?? "", (state) => this.#changed(path, state));
      this.view?.destroy();
      this.view = new EditorView({ parent: this.text, state: file.state });
      this.view.path = path;
      this.#mark();
      this.#drawHead();
      this.#drawTree();
    }
    if (at) {
      const anchor = offset(this.view.state.doc, at.line, at.column);
      this.view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: "center" }) });
      this.view.focus();
      this.view.dom.scrollIntoView({ block: "nearest" });
    }
  }

  #changed(path, state) {
    const file = this.desk.files.get(path);
    if (state && file) {
      // Text from here on, also of a file that came as bytes.
      delete file.base64;
      file.typed = true;
      this.version += 1;
      if (!file.changed) { file.changed = true; queueMicrotask(() => this.#drawHead()); }
      this.#ask();
    }
    this.#drawHere();
  }

  #mark() {
    if (!this.view || !this.desk.check) return;
    this.view.dispatch(mark(this.view.state, this.#of(this.view.path), (one) => this.mend([one])));
    this.#drawHere();
  }

  #of(path) { return this.desk.check?.findings.filter((one) => one.at.file === path) ?? []; }

  /** Writes what findings suggest, each file in one step that can be undone. */
  mend(findings) {
    // The places are those of other text: the next answer is under way.
    if (this.asked !== this.version) return;
    const was = this.desk.open;
    for (const path of new Set(findings.map((one) => one.at.file))) {
      this.#open(path);
      const all = findings.filter((one) => one.at.file === path).flatMap((one) => changes(this.view.state.doc, one.fix));
      all.sort((a, b) => a.from - b.from);
      this.view.dispatch({ changes: all.filter((one, at) => at === 0 || one.from >= all[at - 1].to) });
    }
    this.#open(findings.length === 1 ? findings[0].at.file : was);
    this.view?.focus();
  }

  #draw() {
    const { desk } = this;
    const any = desk.files.size > 0;
    this.empty.hidden = any;
    this.body.hidden = !any;
    const check = desk.check;
    if (check && !this.releases.firstChild) {
      this.releases.replaceChildren(field("z/OS release", "", select(check.releases.map((one) => [one, one]), desk.release || check.release, {
        onchange: (event) => { desk.release = event.target.value; this.#ask(); },
      })));
    }
    this.#drawAll();
    if (!any || !check) { this.status.textContent = any ? "Checking…" : ""; return; }
    const of = (severity) => check.findings.filter((one) => one.severity === severity).length;
    const counts = [[of("error"), "error"], [of("warning"), "warning"], [of("info"), "note"]].filter(([number]) => number > 0).map(([number, word]) => count(number, word));
    const rules = check.stacks.reduce((sum, stack) => sum + stack.rules, 0);
    const names = check.stacks.filter((stack) => stack.name).length;
    this.status.textContent = `${counts.join(", ") || "Nothing is wrong"} in ${count(desk.files.size, "file")}${names ? `; ${count(names, "stack")}` : ""}, ${count(rules, "rule")}.`;
    this.simulator.stacks = JSON.stringify(check.stacks.map((stack, at) => [String(at), stack.name || stack.policy || stack.main]));
    this.#drawTree();
    this.#drawList();
    this.#drawAccount();
    this.#drawHead();
  }

  /** What can be done with all files. */
  #drawAll() {
    const { check, files, takesOver } = this.desk;
    const safe = check?.findings.filter((one) => one.fix?.safe) ?? [];
    const changed = [...files.values()].filter((file) => file.changed);
    const parts = [
      safe.length > 1 && [`Fix ${safe.length} slips`, "tertiary", () => this.mend(safe)],
      changed.length > 0 && [`Download ${count(changed.length, "changed file")}`, "tertiary", () => { this.#keep(); for (const file of changed) save(file.path, file.text); }],
      files.size > 0 && check?.stacks.length > 0 && ["Take over…", "primary", () => this.#takeOver(!this.desk.takesOver), { "aria-expanded": String(Boolean(takesOver)), "aria-controls": "takeover" }],
    ].filter(Boolean);
    const key = JSON.stringify([parts, safe.length]);
    // A button that is pressed keeps the focus.
    if (this.drawnAll === key) return;
    this.drawnAll = key;
    this.all.replaceChildren(...parts.map((part) => button(...part)));
  }

  #drawTree() {
    const { desk } = this;
    const rows = desk.check?.tree ?? [];
    const shown = new Set(rows.map((one) => one.path));
    const others = [...desk.files.keys()].filter((path) => !shown.has(path)).map((path) => ({ depth: 0, name: path, path }));
    const main = rows.some((one) => one.role === "main" || one.role === "image");
    this.tree.replaceChildren(...[...rows, ...others].map((one) => {
      const worst = ["error", "warning", "info"].find((severity) => this.#of(one.path).some((found) => found.severity === severity));
      const alone = main && one.depth === 0 && one.role === "policy" ? "nothing leads here" : undefined;
      const role = [alone ?? ROLES[one.role], one.stack].filter(Boolean).join(" · ");
      const words = [h("span", { class: "desk-name" }, one.name.replace(/^.*\/(?=.)/, "")), " ", h("small", { class: "soft" }, role)];
      return h("li", { style: `--depth: ${one.depth}`, class: worst && `tone-${worst}` }, one.path
        ? h("button", { type: "button", class: "desk-file", title: one.path === one.name ? one.path : `${one.name} is ${one.path}`, "aria-current": one.path === desk.open && "true", onclick: () => this.#open(one.path) },
          worst ? [icon(worst), hidden(`${WORDS[worst]}: `)] : h("span", { class: "icon" }), h("span", {}, words))
        : this.#missing(one, words));
    }));
  }

  /** A file that is named and not here: another one stands for it, or it is left out. */
  #missing(one, words) {
    const { desk } = this;
    const value = desk.names[one.name] ?? (desk.left.has(one.name) ? "-" : "");
    const options = [["", one.missing === undefined ? "Which file is it?" : "Not here: which file is it?"], ["-", "Leave it out"], ...[...desk.files.keys()].map((path) => [path, path])];
    return h("div", { class: `desk-file is-missing tone-${desk.left.has(one.name) ? "info" : "error"}` }, icon(desk.left.has(one.name) ? "info" : "error"), h("span", {}, words,
      select(options, value, { "aria-label": `The file for ${one.name}`, title: one.missing, onchange: (event) => {
        const chosen = event.target.value;
        desk.left.delete(one.name);
        delete desk.names[one.name];
        if (chosen === "-") desk.left.add(one.name);
        else if (chosen) desk.names[one.name] = chosen;
        this.#ask();
      } })));
  }

  #drawHead() {
    const { desk } = this;
    const file = desk.files.get(desk.open);
    if (!file) return this.head.replaceChildren();
    if (this.drawn === file && this.drawnChanged === file.changed) return;
    [this.drawn, this.drawnChanged] = [file, file.changed];
    const named = Object.entries(desk.names).find(([, path]) => path === file.path);
    const name = input({ value: file.path, class: "cds--text-input cds--text-input--sm mono", onchange: () => this.#rename(file, name.value.trim()) });
    this.head.replaceChildren(field("Path", named ? `stands for ${named[0]}` : "", name),
      button("Download", "ghost", () => { this.#keep(); save(file.path, file.text ?? file.shown ?? ""); }),
      button("Remove", "ghost", () => this.#remove(file)),
      file.shown !== undefined ? h("span", { class: "soft" }, file.base64 === undefined ? "Came as bytes; is handed back as UTF-8 text." : "Came as bytes.") : "");
  }

  #rename(file, path) {
    const { desk } = this;
    if (!path || (path !== file.path && desk.files.has(path))) {
      this.said.textContent = path ? `There is a file ${path} already.` : "";
      this.drawn = undefined;
      return this.#drawHead();
    }
    this.#keep();
    const text = file.text;
    const state = file.state;
    desk.files = new Map([...desk.files].map(([key, one]) => (one === file ? [path, one] : [key, one])));
    for (const [name, of] of Object.entries(desk.names)) if (of === file.path) desk.names[name] = path;
    Object.assign(file, { path, text, state: undefined });
    void state;
    desk.open = path;
    this.drawn = undefined;
    this.#forget();
    this.#draw();
    this.#ask();
  }

  #remove(file) {
    const { desk } = this;
    desk.files.delete(file.path);
    this.view?.destroy();
    this.view = undefined;
    this.drawn = undefined;
    desk.open = undefined;
    this.#open(desk.files.keys().next().value);
    this.#draw();
    this.#ask();
  }

  /** What is wrong in the line of the cursor. */
  #drawHere() {
    if (!this.view) return this.here.replaceChildren();
    const line = this.view.state.doc.lineAt(this.view.state.selection.main.head).number;
    const found = this.#of(this.view.path).filter((one) => one.at.line <= line && one.at.end_line >= line).slice(0, 5);
    const key = `${line} ${found.map((one) => one.code + one.message).join()}`;
    if (this.drawnHere === key) return;
    this.drawnHere = key;
    this.here.replaceChildren(...found.map((one) => h("p", { class: `note tone-${one.severity}` }, icon(one.severity), this.#words(one), this.#fix(one))));
  }

  #words(one) {
    return h("span", {}, hidden(`${WORDS[one.severity]}: `), h("a", { href: page(one.code) }, one.code), " ", code(sentence(one.message)), " ", h("span", { class: "soft" }, code(sentence(one.help))));
  }

  #fix(one) { return one.fix && button(`Fix: ${one.fix.title}`, "ghost", () => this.mend([one])); }

  #drawList() {
    const { findings, total } = this.desk.check;
    const shown = findings.slice(0, LISTED);
    const go = (at, words) => h("button", { type: "button", class: "link", onclick: () => this.#open(at.file, at) }, words);
    this.list.replaceChildren(h("h2", {}, "Findings"), findings.length === 0 ? h("p", { class: "soft" }, "Nothing is wrong in these files.") : "",
      h("ul", { class: "drawer-list" }, shown.map((one) => h("li", { class: `drawer-line tone-${one.severity}` }, icon(one.severity),
        h("span", { class: "desk-finding" }, go(one.at, `${one.at.file.split("/").pop()}:${one.at.line}`), " ", this.#words(one),
          one.related?.map((other) => [" ", go(other.at, `${other.words}: line ${other.at.line}`)])), this.#fix(one)))),
      total > shown.length ? h("p", { class: "soft" }, `And ${total - shown.length} more; mend these first.`) : "");
  }

  /** What became of the statements: those that are not used, by file. */
  #drawAccount() {
    const files = this.desk.check.account;
    const key = JSON.stringify(files);
    if (this.drawnAccount === key) return;
    this.drawnAccount = key;
    const sum = (fate) => files.reduce((sum, file) => sum + file[fate], 0);
    const read = sum("read");
    const counts = ["used", "overridden", "unused", "refused"].filter((fate) => sum(fate) > 0).map((fate) => `${sum(fate)} ${fate}`);
    const go = (at, words) => h("button", { type: "button", class: "link", onclick: () => this.#open(at.file, at) }, words);
    const line = (file) => (one) => h("li", {}, go(one.at, `${file}:${one.at.line}`), " ", h("code", {}, one.statement), " ",
      h("span", { class: "soft" }, { overridden: "does not count: another one replaces it", unused: "is not used by any rule", refused: "is not understood" }[one.fate]),
      one.by && [", ", go(one.by, one.by.file === one.at.file ? `line ${one.by.line}` : `${one.by.file.split("/").pop()}:${one.by.line}`)]);
    const opened = (this.desk.opened ??= new Set());
    const left = files.filter((file) => file.read > file.used);
    this.account.replaceChildren(...(read === 0 ? [] : [h("h2", {}, "Statements"),
      h("p", { class: "soft" }, left.length === 0 ? `All ${read} are used.` : `${count(read, "statement")}: ${counts.join(", ")}.`)]),
    ...left.map((file) => {
      const name = file.path.split("/").pop();
      const draw = () => {
        if (details.children.length > 1) return;
        const shown = (file.left ?? []).slice(0, LISTED);
        details.append(h("ul", { class: "takeover-lines", tabindex: 0, "aria-label": `Statements of ${name} that are not used` }, shown.map(line(name))));
        if (file.read - file.used > shown.length) details.append(h("p", { class: "soft" }, `And ${file.read - file.used - shown.length} more.`));
      };
      const details = h("details", { class: "takeover-more", ontoggle: () => { opened[details.open ? "add" : "delete"](file.path); if (details.open) draw(); } },
        h("summary", {}, h("code", {}, name), h("span", { class: "soft" }, ` ${file.read - file.used} of ${file.read} not used`)));
      if (opened.has(file.path)) { details.open = true; draw(); }
      return details;
    }));
  }
}

customElements.define("policy-desk", PolicyDesk);
