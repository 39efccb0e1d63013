// <policy-explain asked="AT210">: what codes, statements and attributes mean. Tells `asked` what is typed.
// <finding-why code="AT210">: why a finding matters, where the finding stands.
import { Topic, ask } from "./client.js";
import { Element, WORDS, code, count, field, h, hidden, icon, page, sentence } from "./dom.js";

/** Characters of a question that its address names. */
const LONGEST = 60;

class PolicyExplain extends Element {
  static props = ["asked"];
  #asked = "";
  #answers = new Topic((found) => this.#take(found));
  get asked() { return this.#asked; }
  set asked(text) {
    // The address of a long text does not name it.
    if (!text && this.#asked.trim().length > LONGEST && this.box?.value === this.#asked) return;
    this.#asked = text ?? "";
    if (!this.box) return;
    if (this.box.value.trim() !== this.#asked.trim()) this.box.value = this.#asked;
    this.#answers.ask(() => ({ explain: this.#asked }));
  }

  show() {
    this.box = h("textarea", {
      class: "cds--text-area", rows: 2, spellcheck: "false", "data-filter": "", value: this.#asked,
      placeholder: "A code, an attribute, a statement, or words of a message",
      oninput: () => {
        this.asked = this.box.value;
        // A log line says more than an address should.
        const text = this.#asked.trim();
        this.tell("asked", text.length <= LONGEST ? text : "");
      },
    });
    this.found = h("div", { class: "explained" });
    this.status = h("p", { class: "soft", role: "status" });
    this.replaceChildren(h("div", { class: "explain-box" }, field("What to explain", "", this.box)), this.status, this.found);
    this.asked = this.#asked;
  }

  #take({ answer, detail }) {
    if (!answer) {
      this.status.textContent = detail;
      return this.found.replaceChildren();
    }
    const { found, total, meant, asked, exact, unknown } = answer;
    if (total === 1 || exact) {
      this.status.replaceChildren(...(unknown ?? []).flatMap((words) => [...code(sentence(words)), " "]));
      return this.found.replaceChildren(...found.map(whole));
    }
    this.status.replaceChildren(...(total === 0
      ? [...(unknown ?? ["Nothing is known of this."]).flatMap((words) => [...code(sentence(words)), " "]), meant ? h("a", { href: page(meant) }, `Explain ${meant}`) : "Search for one word of it, or for the code in front of it."]
      : [asked ? `${count(total, "thing fits", "things fit")}.` : `Every finding that Gatehouse knows: ${total}.`]));
    this.found.replaceChildren(total === 0 ? "" : h("ul", { class: "explain-list", "aria-label": "Found" }, found.map((one) =>
      h("li", { class: one.severity && `tone-${one.severity}` }, one.severity && icon(one.severity),
        h("a", { href: page(one.key) }, one.title), " ", h("span", { class: "soft" }, code(sentence(one.meaning)))))));
  }
}

/** Everything that is known of one thing. */
function whole(one) {
  const kind = {
    finding: WORDS[one.severity], statement: "Statement", attribute: "Attribute", code: "Return code", errno: "Errno", message: "Message", log: "Line of the Policy Agent’s log",
  }[one.kind];
  const more = ({ title, form, lines }) => {
    if (form === "text") return example(title, lines, one.parts);
    return [h("h3", {}, title), form === "links"
      ? h("p", {}, lines.flatMap((line, at) => [at ? ", " : "", h("a", { href: page(line) }, line)]))
      : h("ul", { class: "change-words" }, lines.map((line) => h("li", {}, form === "commands" ? h("code", {}, line) : code(line))))];
  };
  const part = (title, text) => text && [h("h3", {}, title), h("p", {}, code(sentence(text)))];
  return h("article", { class: "explain-page" },
    h("h2", {}, one.title), h("p", { class: `explain-kind tone-${one.severity}` }, one.severity && icon(one.severity), kind),
    h("p", {}, code(sentence(one.meaning))), part("Why it matters", one.why), part("What to do", one.help), one.parts?.map(more),
    one.facts && h("dl", { class: "facts" }, one.facts.map(([name, value]) => [h("dt", {}, name), h("dd", {}, links(name, value))])));
}

/** The text of an example; the lines that its counterpart lacks are marked. */
function example(title, lines, parts) {
  const wrong = title.startsWith("Wrong");
  const other = parts.find((part) => part.form === "text" && part.title === (wrong ? title.replace("Wrong", "Right") : title.replace("Right", "Wrong")));
  const differs = (line) => other && line.trim() && !other.lines.includes(line);
  const written = (line) => h("span", { class: "example-line" }, differs(line) ? [h("mark", {}, line), hidden(wrong ? " (wrong)" : " (right)")] : line, "\n");
  return h("figure", { class: `example is-${wrong ? "wrong" : "right"}` },
    h("figcaption", {}, title), h("pre", { tabindex: "0", role: "region", "aria-label": title }, lines.map(written)));
}

/** Names of statements and attributes lead to their pages. */
const links = (name, value) => (["In", "May stand in", "Attributes"].includes(name)
  ? value.split(", ").flatMap((one, at) => [at ? ", " : "", h("a", { href: page(one) }, one)]) : value);

class FindingWhy extends Element {
  show() {
    const key = this.getAttribute("code");
    const words = h("span", { role: "status" });
    const details = h("details", { class: "why", ontoggle: async () => {
      if (!details.open || words.textContent) return;
      try {
        const { answer } = await ask({ explain: key });
        words.replaceChildren(...code(sentence(answer.found[0].why)));
      } catch (error) {
        words.textContent = error.message;
      }
    } }, h("summary", {}, h("code", {}, key), " Why"),
      h("p", {}, words, " ", h("a", { href: page(key) }, `All about ${key}`)));
    this.replaceChildren(details);
  }
}

customElements.define("policy-explain", PolicyExplain);
customElements.define("finding-why", FindingWhy);
