// <policy-takeover>: what the files on a desk become in the store, and taking it over as one step of the draft.
// `desk` gives the files: `sources()`, `text(path)`, `open(at)`. `state` is what the store says, as JSON: its revision,
// when the draft was stored, why nothing can be changed, and why nothing can be saved; empty while something is being
// stored.
// Tells `take-over` the changes, as JSON of a draft; whoever refuses them prevents the default.
import { Topic, fromServer } from "./client.js";
import { Element, button, code, count, field, h, icon, input, select, sentence } from "./dom.js";

/** Lines of a group that are drawn, and characters of two texts that are compared. */
const DRAWN = 200;
const COMPARED = 400_000;
/** How long typing rests before the answer follows, in milliseconds. */
const TYPING = 400;
/** Groups that say what somebody has to look at. */
const GRAVE = { "left-out": "warning", conflict: "error", removed: "warning" };
const FATES = [["removed", "removed"], ["changed", "changed"], ["new", "new"], ["reused", "reused"]];
const ROOMS = { "address-group": "addresses", "traffic-descriptor": "traffic", "security-level": "levels", "requirement-map": "maps", rule: "rule", group: "group", image: "image", stack: "stack" };
const ROLES = { main: "main file", image: "image file", policy: "policy" };
const NEW = "+";

const keyOf = (stack) => `${stack.main}\n${stack.stack}`;
/** "4 new, 1 changed" */
const numbers = (counts) => FATES.filter(([fate]) => counts[fate] > 0).map(([fate, words]) => `${counts[fate]} ${words}`).join(", ");
const changing = (counts) => counts.new + counts.changed + counts.removed;

class PolicyTakeover extends Element {
  static props = ["state"];
  #state = ""; #answer; #detail; #due; #busy = false;
  #revision; #stored; #closed; #frozen;
  /** `storing` from the press on, `done` once the draft has it. */
  #phase; #pressed; #taken;
  #answers = new Topic((answer) => this.#take(answer), (question) => fromServer(`${this.#store}/adopt`, question));

  get #store() { return `/stores/${encodeURIComponent(this.getAttribute("store"))}`; }
  #page(rest) { return `/s/${encodeURIComponent(this.getAttribute("store"))}/${rest}`; }

  get state() { return this.#state; }
  set state(text) {
    this.#state = text ?? "";
    if (!this.#state) return;
    const before = [this.#revision, this.#stored];
    [this.#revision, this.#stored, this.#closed, this.#frozen] = JSON.parse(this.#state);
    if (!this.form) return;
    const ended = this.#phase === "storing";
    if (ended) {
      // Somebody else may have saved a revision meanwhile: only the draft tells.
      this.#phase = this.#stored === this.#pressed ? "refused" : "done";
      this.#draw();
      if (this.#phase === "done") this.result.focus();
    }
    if (ended || before[0] !== this.#revision || before[1] !== this.#stored) this.ask(0);
    else this.#draw();
  }

  /** What is chosen for each stack of the files; others may look at the page meanwhile. */
  get #chosen() { return (this.desk.kept.takeover ??= { rows: new Map(), despite: false }); }

  show() {
    this.head = h("div", { class: "section-head" }, h("h2", { tabindex: -1 }, `Take over into ${this.getAttribute("store")}`),
      button("Close", "ghost", () => this.tell("close-takeover")));
    this.notes = h("div", { class: "takeover-notes", role: "status" });
    this.form = h("div", { class: "takeover-stacks" });
    this.preview = h("div", { class: "takeover-preview" });
    this.why = h("span", { class: "takeover-why", role: "status" });
    this.press = button("", "primary", () => this.#takeOver());
    this.bar = h("div", { class: "takeover-bar" }, this.press, this.why);
    this.result = h("div", { class: "takeover-result", tabindex: -1 });
    this.replaceChildren(this.head, this.notes, this.form, this.result, this.bar, this.preview);
    this.drawn = undefined;
    this.#phase = undefined;
    this.#draw();
    this.ask(0);
  }

  disconnectedCallback() { clearTimeout(this.#due); }

  /** Works it out again after a moment, in milliseconds. */
  ask(moment) {
    clearTimeout(this.#due);
    if (this.desk.kept.files.size === 0) return this.tell("close-takeover");
    this.#busy = true;
    this.press.disabled = true;
    this.#due = setTimeout(() => {
      this.#draw();
      this.#answers.ask(() => this.#question());
    }, moment);
  }

  #question() {
    this.#busy = false;
    const { rows, despite } = this.#chosen;
    const stacks = [...rows.values()].filter((row) => row.taken).map(({ main, stack, image, as, release }) => ({ main, stack, ...(image === undefined ? {} : { image }), ...(as === undefined ? {} : { as }), ...(release ? { release } : {}) }));
    return { sources: this.desk.sources(), despite_errors: despite, ...(rows.size > 0 ? { stacks } : {}) };
  }

  #take({ answer, detail }) {
    if (!this.isConnected || this.#busy) return;
    [this.#answer, this.#detail] = [answer, detail];
    if (detail && this.#chosen.rows.size > 0 && /describe no stack|lead to stack/.test(detail)) {
      // The files are others now: their stacks are proposed anew.
      this.#chosen.rows.clear();
      return this.ask(0);
    }
    if (answer) {
      const { rows } = this.#chosen;
      const keys = new Set(answer.stacks.map(keyOf));
      for (const key of rows.keys()) if (!keys.has(key)) rows.delete(key);
      for (const stack of answer.stacks) {
        if (!rows.has(keyOf(stack))) rows.set(keyOf(stack), { main: stack.main, stack: stack.stack, taken: stack.taken, image: stack.image, as: stack.as });
      }
      // What was taken over and is no longer there was taken back.
      if (this.#phase === "done" && answer.changes.length > 0) this.#phase = undefined;
    }
    this.#draw();
    performance.mark("policy-adopted");
  }

  #draw() {
    const answer = this.#answer;
    this.setAttribute("aria-busy", String(this.#busy || !this.#state));
    this.#drawNotes();
    this.#drawForm();
    const changes = answer?.changes.length ?? 0;
    const why = this.#why();
    this.press.querySelector("span").textContent = `Take over ${changes > 0 ? `${count(changes, "object")} ` : ""}into the draft`;
    this.press.disabled = why !== undefined;
    this.why.replaceChildren(...(why === undefined ? this.#before(answer) : [why]));
    const done = this.#phase === "done";
    this.bar.hidden = done;
    this.result.hidden = !done;
    if (done) this.result.replaceChildren(...this.#done());
    const previewed = done ? undefined : answer;
    if (this.drawnAnswer !== previewed) {
      this.drawnAnswer = previewed;
      this.preview.replaceChildren(...(previewed ? this.#previews(previewed) : []));
    }
  }

  /** Why nothing can be taken over now; nothing when it can. */
  #why() {
    const answer = this.#answer;
    if (this.#phase === "storing" || !this.#state) return "Storing…";
    if (this.#busy || (!answer && !this.#detail)) return "Working it out…";
    if (!answer) return "";
    if (this.#closed) return this.#closed;
    const taken = answer.stacks.filter((stack) => stack.taken);
    if (answer.stacks.length === 0) return "The files have no rules.";
    if (taken.length === 0) return "Choose a stack of the files.";
    if (taken.some((stack) => stack.problems?.length > 0)) return "Say first where the rules go.";
    if (answer.errors > 0 && !this.#chosen.despite) return "Mend the errors first, or take over what can be read.";
    if (answer.held?.length > 0) return "Other people hold objects that would change.";
    if (answer.too_large_for) return `These are more changes than one request may carry here (${(answer.too_large_for / 2 ** 20).toFixed(1)} MiB). Choose fewer stacks, or take the files over with gatehouse import.`;
    if (answer.changes.length === 0) return "Nothing changes: the store says the same already.";
    return undefined;
  }

  /** What somebody should know before the press. */
  #before({ stacks }) {
    const results = stacks.flatMap((stack) => stack.result ?? []);
    const lost = results.flatMap((result) => result.report).filter((group) => GRAVE[group.what] && group.what !== "removed").reduce((sum, group) => sum + group.total, 0);
    const [tone, words] = results.some(({ proof, unwritten }) => !proof.same || unwritten?.length > 0) ? ["error", "Not every connection is treated as the files say: look below first."]
      : lost > 0 ? ["warning", `${count(lost, "statement")} left out or in conflict: look below first.`] : [];
    return [tone && h("span", { class: `takeover-tone tone-${tone}` }, icon(tone)), words && h("strong", {}, words), " One step of your draft: Ctrl+Z takes it back."].filter(Boolean);
  }

  #drawNotes() {
    const answer = this.#answer;
    const note = (tone, ...words) => h("p", { class: `note tone-${tone}` }, icon(tone), h("span", {}, words));
    const notes = [];
    if (this.#detail) notes.push(note("error", this.#detail));
    if (this.#phase === "refused") notes.push(note("error", "The server did not take it; why stands at the top of the page. Below is what the files would become now."));
    if (this.#closed) notes.push(note("warning", this.#closed, " You can look at what the files would become."));
    if (this.#frozen) notes.push(note("warning", `${this.#frozen.replace(/\.$/, "")}. What is taken over waits in your draft until it can be saved.`));
    for (const { name, lock } of answer?.held ?? []) {
      const since = new Date(lock.since).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
      notes.push(note("error", `${lock.holder} has been editing `, this.#link(lock.object, name), ` since ${since}. Take the lock over on its page, or choose another stack.`));
    }
    const key = JSON.stringify([this.#detail, this.#phase, this.#closed, this.#frozen, answer?.held, answer?.errors, this.#chosen.despite]);
    if (this.drawnNotes === key) return;
    this.drawnNotes = key;
    if (answer?.errors > 0) {
      const box = h("input", { type: "checkbox", id: "takeover-despite", ...(this.#chosen.despite ? { checked: true } : {}), onchange: () => { this.#chosen.despite = box.checked; this.ask(0); } });
      notes.push(note("error", `${count(answer.errors, "error")} in these files. Statements that cannot be understood are left out, and what they protect may then stay in the clear. The report names each.`),
        h("div", { class: "check" }, box, h("label", { for: box.id }, " Take over what can be read")));
    }
    this.notes.replaceChildren(...notes);
  }

  /** The page of an object that the answer names. */
  #link(id, name) {
    const objects = this.#answer.stacks.flatMap((stack) => stack.result?.objects ?? []);
    const kind = objects.find((one) => one.id === id)?.kind;
    const room = kind === "stack" ? `stack/${encodeURIComponent(id)}/settings` : `${ROOMS[kind]}/${encodeURIComponent(id)}`;
    return kind ? h("a", { href: this.#page(room) }, name) : name;
  }

  /** Rows are made anew only when others can be chosen, so that nobody loses the field they type in. */
  #drawForm() {
    const answer = this.#answer;
    if (!answer) return;
    const key = JSON.stringify([answer.images, answer.stacks.map((stack) => [keyOf(stack), stack.rules])]);
    if (this.drawn !== key) {
      this.drawn = key;
      this.rows = new Map();
      this.form.replaceChildren(...answer.stacks.map((stack) => this.#row(stack, answer)));
    }
    for (const stack of answer.stacks) this.rows.get(keyOf(stack))(stack);
  }

  #row(stack, { images, stacks }) {
    const row = this.#chosen.rows.get(keyOf(stack));
    const name = stack.stack || stack.main.split("/").pop();
    const title = `${name}, ${count(stack.rules, "rule")}`;
    const find = (wanted) => images.find((image) => image.name.toUpperCase() === wanted.toUpperCase());
    const set = (props, moment) => { Object.assign(row, props); this.ask(moment); };
    const more = stacks.length > 1;
    const boxId = `takeover-${[...this.rows.keys()].length}`;
    const box = more && h("input", { type: "checkbox", id: boxId, ...(row.taken ? { checked: true } : {}), onchange: () => set({ taken: box.checked }, 0) });
    const of = more ? ` of ${name}` : "";
    const labelled = (label, control) => field(label, "", (control.setAttribute("aria-label", `${label}${of}`), control));
    const typed = (key) => input({ class: "cds--text-input cds--text-input--sm mono", value: row[key] ?? "", maxlength: 20, oninput: (event) => {
      const [before, now] = [row[key] ?? "", event.target.value.trim()];
      // Stacks of one new image are mostly named together.
      if (key === "image") this.#alike(row, before, now);
      set({ [key]: now }, TYPING);
    } });
    // What was new is there after it was taken over.
    if (find(row.image)) [row.newImage, row.newStack] = [false, false];
    const places = h("div", { class: "takeover-places" });
    const words = h("p", { class: "takeover-words" });
    const inputs = row.inputs = {};
    const draw = () => {
      const image = row.newImage ? undefined : find(row.image);
      const known = row.newStack ? undefined : image?.stacks.find((one) => one.toUpperCase() === row.as.toUpperCase());
      for (const key of Object.keys(inputs)) delete inputs[key];
      const fields = [];
      if (images.length > 0) {
        fields.push(labelled("System image", select([...images.map((one) => [one.name, `${one.name}, z/OS ${one.release}`]), [NEW, "A new image…"]], image ? image.name : NEW, {
          onchange: (event) => {
            row.newImage = event.target.value === NEW;
            set({ image: row.newImage ? "" : event.target.value }, 0);
            draw();
            if (row.newImage) inputs.image.focus();
            else fields[0].querySelector("select").focus();
          },
        })));
        if (!image) row.newImage = true;
      }
      if (!image) {
        inputs.image = typed("image");
        fields.push(labelled(images.length > 0 ? "Name of the new image" : "System image", inputs.image));
        inputs.release = select(this.desk.releases().map((one) => [one, one]), row.release ?? stack.release, { onchange: (event) => set({ release: event.target.value }, 0) });
        fields.push(labelled("Its z/OS release", inputs.release));
      }
      if (image?.stacks.length > 0) {
        const choice = select([...image.stacks.map((one) => [one, one]), [NEW, "A new stack…"]], known ?? NEW, {
          onchange: (event) => {
            row.newStack = event.target.value === NEW;
            set({ as: row.newStack ? "" : event.target.value }, 0);
            draw();
            if (row.newStack) inputs.as.focus();
            else places.querySelector("select[data-stack]").focus();
          }, "data-stack": "",
        });
        fields.push(labelled("Stack", choice));
      }
      if (!known) {
        inputs.as = typed("as");
        fields.push(labelled(image?.stacks.length > 0 ? "Name of the new stack" : "Stack", inputs.as));
      }
      places.replaceChildren(...fields);
    };
    draw();
    this.rows.set(keyOf(stack), (now) => {
      places.hidden = !row.taken;
      const problems = (now.taken && now.problems) || [];
      for (const [key, control] of Object.entries(inputs)) {
        const problem = problems.find((one) => one.field === key);
        control.closest(".field").querySelector(".error")?.remove();
        if (problem && (row[key] ?? "") !== "") control.setAttribute("aria-invalid", "true");
        else control.removeAttribute("aria-invalid");
        if (problem) {
          const said = h("p", { class: row[key] ? "error" : "error is-due", id: `${control.id}-said` }, code(problem.detail));
          control.setAttribute("aria-describedby", said.id);
          control.closest(".field").append(said);
        } else control.removeAttribute("aria-describedby");
      }
      const others = problems.filter((one) => !inputs[one.field]);
      const where = now.image_is_new ? `A new stack on the new image ${now.image}.` : `A new stack on ${now.image}.`;
      const replaced = `Stack ${now.as} on ${now.image} is there: its own rules are replaced by those of the files.`;
      words.replaceChildren(...(!now.taken ? ["Not taken over."]
        : others.length > 0 ? others.map((one) => h("span", { class: "error" }, code(one.detail)))
          : problems.length > 0 ? [] : [now.is_new ? where : replaced]));
    });
    const head = box ? h("div", { class: "check" }, box, h("label", { for: boxId, title: stack.main }, ` ${title}`)) : h("h3", { title: stack.main }, title);
    return h("section", { class: "takeover-stack", "aria-label": `Stack ${name} of the files` }, head, places, words);
  }

  /** The image of other stacks that had the same new name gets it, too. */
  #alike(own, before, now) {
    for (const row of this.#chosen.rows.values()) {
      if (row === own || !row.inputs?.image || (row.image ?? "") !== before) continue;
      row.image = row.inputs.image.value = now;
    }
  }

  #previews(answer) {
    const shown = answer.stacks.filter((stack) => stack.result);
    return shown.map((stack) => {
      const { result } = stack;
      const title = shown.length > 1 && h("h3", {}, `${stack.stack || stack.main.split("/").pop()} becomes ${stack.as} on ${stack.image}`);
      return h("section", { class: "takeover-one", "aria-label": `What becomes of ${stack.stack || stack.main}` }, title,
        h("p", { class: "takeover-counts" }, changing(result.counts) > 0 ? `Objects: ${numbers(result.counts)}.` : "Nothing changes: the store says the same already."),
        this.#proof(result), this.#report(result.report), this.#objects(result), this.#files(result));
    });
  }

  /** Something that is drawn when it is opened. */
  #more(title, body, open = false, more = {}) {
    let drawn = false;
    const draw = () => { if (!drawn) { drawn = true; details.append(...[body()].flat()); } };
    const details = h("details", { class: "takeover-more", ontoggle: () => details.open && draw(), ...more }, h("summary", {}, title));
    if (open) { details.open = true; draw(); }
    return details;
  }

  #place(at) {
    return h("button", { type: "button", class: "link keep", title: `${at.file}:${at.line}`, onclick: () => this.desk.open({ ...at, column: 1 }) }, `${at.file.split("/").pop()}:${at.line}`);
  }

  #list(label, items, total, line) {
    return [h("ul", { class: "takeover-lines", tabindex: 0, "aria-label": label }, items.slice(0, DRAWN).map((one) => h("li", {}, line(one)))),
      total > DRAWN && h("p", { class: "soft" }, `And ${total - DRAWN} more.`)].filter(Boolean);
  }

  #proof({ proof, unwritten = [] }) {
    const sure = proof.same && unwritten.length === 0;
    const said = proof.same ? "Every connection is treated as the files say."
      : [proof.total > 0 && `Not every connection is treated as the files say: ${count(proof.total, "difference")}`, proof.undecided > 0 && `${count(proof.undecided, "pair")} of rules could not be compared`, proof.unreadable?.length > 0 && `${count(proof.unreadable.length, "rule")} cannot be read`].filter(Boolean).join("; ");
    const rule = (one, words) => (one ? [`${words}: `, h("code", {}, one.name)] : `${words}: no rule`);
    const lines = proof.differences ?? [];
    return h("div", { class: `takeover-proof tone-${sure ? "good" : "error"}` },
      h("p", {}, h("strong", {}, sentence(said))),
      lines.length > 0 && this.#list("Connections that are treated otherwise", lines, proof.total, (one) => [
        h("strong", {}, one.changes.join("; ")), h("div", { class: "soft" }, `Such as ${one.connection}.`),
        h("div", { class: "soft" }, rule(one.old, "Read"), one.old && [" ", this.#place(one.old.at)], " → ", rule(one.new, "written"))]),
      proof.unreadable?.length > 0 && h("p", {}, "Rules with a condition that cannot be read: ", proof.unreadable.join(", "), "."),
      unwritten.length > 0 && this.#list("Not written", unwritten, unwritten.length, (reason) => code(sentence(reason))));
  }

  #report(groups) {
    return groups.map((group) => {
      const tone = GRAVE[group.what];
      return this.#more([tone && h("span", { class: `takeover-tone tone-${tone}` }, icon(tone)), h("span", {}, group.title), " ", h("span", { class: "soft" }, String(group.total))],
        () => this.#list(group.title, group.lines, group.total, (line) => [line.at && [this.#place(line.at), " "], h("span", {}, code(sentence(line.text)))]),
        tone !== undefined && group.total <= 20);
    });
  }

  #objects({ counts, objects }) {
    const total = changing(counts) + counts.reused;
    return total > 0 && this.#more(["Objects ", h("span", { class: "soft" }, numbers(counts))], () => this.#list("Objects", objects, total, (one) => [
      h("span", { class: "takeover-fate" }, one.fate), " ", one.kind.replaceAll("-", " "), " ",
      one.fate === "new" ? h("strong", {}, one.name) : this.#link(one.id, one.name)]));
  }

  #files({ files }) {
    return files.map((file) => this.#more([`As it would be written: ${ROLES[file.role]} `, h("code", {}, file.path)], () => {
      const before = file.read && this.desk.text(file.read);
      const name = `${file.path}, as it would be written`;
      if (before === file.text) return h("p", { class: "soft" }, `Every character is as in ${file.read}.`);
      if (before === undefined || before.length + file.text.length > COMPARED) {
        const view = h("code-view", { label: name });
        view.text = file.text;
        return [before === undefined ? "" : h("p", { class: "soft" }, `Too long to be compared here with ${file.read}: this is the new text.`), view];
      }
      const diff = h("code-diff", { label: name, lines: true });
      [diff.before, diff.after] = [before, file.text];
      return [h("p", { class: "soft" }, `Left ${file.read}, as it was read; right as it would be written.`), diff];
    }));
  }

  #takeOver() {
    if (this.#why() !== undefined) return;
    const { changes, stacks } = this.#answer;
    const names = stacks.filter((stack) => stack.taken).map((stack) => stack.as);
    const words = `take over ${names.length > 3 ? `${names.length} stacks` : names.join(", ")} from policy files`;
    this.#taken = this.#answer;
    this.#pressed = this.#stored;
    const draft = { head: 0, undo: words, changes: changes.map(({ id, etag, body }) => ({ id, etag: etag ?? "", body: body ?? null })) };
    this.#phase = "storing";
    const event = new CustomEvent("take-over", { detail: JSON.stringify(draft), bubbles: true, cancelable: true });
    if (this.dispatchEvent(event)) return this.#draw();
    // Somebody changed the same meanwhile.
    this.#phase = undefined;
    this.ask(0);
  }

  #done() {
    const stacks = this.#taken.stacks.filter((stack) => stack.taken);
    return [h("p", {}, h("strong", {}, `${count(this.#taken.changes.length, "object")} ${this.#taken.changes.length === 1 ? "is" : "are"} in your draft: ${numbers({ ...this.#taken.counts, reused: 0 })}.`), " Ctrl+Z takes it back as one step."),
      h("p", { class: "links" }, stacks.map((stack) => h("a", { href: this.#page(`stack/${encodeURIComponent(stack.result.id)}/rules`) }, `Rules of ${stack.as}`)),
        h("a", { href: this.#page("review") }, "Review the draft"))];
  }
}

customElements.define("policy-takeover", PolicyTakeover);
