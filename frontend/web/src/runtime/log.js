// What the log of an engine says from now on.
import { button, count, h, hidden, icon, input, page as explained } from "../policy/dom.js";

/** Messages that are kept. */
const MOST = 1000;
/** How long after the end of a stream another one is asked for, in milliseconds. */
const PAUSE = 2000;

export class Log {
  #lines = []; #dropped = 0; #stop = new AbortController(); #paused = false; #due = 0;

  constructor(page) {
    this.page = page;
    this.filter = input({ type: "search", "aria-label": "Filter the log", placeholder: "Words, such as MQ_IN or EZD1287I", oninput: () => this.#draw(true) });
    this.count = h("span", { class: "toolbar-count" });
    this.pause = button("Pause", "tertiary", () => {
      this.#paused = !this.#paused;
      this.pause.firstChild.textContent = this.#paused ? "Go on" : "Pause";
      this.#draw(true);
    });
    this.state = h("p", { class: "soft", role: "status" }, "Asking the engine…");
    this.body = h("div", { class: "runtime-log", role: "log", "aria-live": "off", "aria-label": "Log of the engine", tabindex: 0 });
    this.element = h("div", { class: "runtime-view" },
      h("div", { class: "toolbar" }, h("div", { class: "search-field" }, icon("search"), this.filter), this.count,
        h("div", { class: "toolbar-end" }, this.pause, button("Clear", "ghost", () => { this.#lines = []; this.#dropped = 0; this.#draw(true); }))),
      this.state, this.body);
    this.#follow();
  }

  refresh() {}

  async #follow() {
    while (!this.#stop.signal.aborted) {
      await this.#read();
      await new Promise((again) => { setTimeout(again, PAUSE); });
    }
  }

  async #read() {
    const { signal } = this.#stop;
    try {
      const answer = await fetch(this.page.path("events"), { signal });
      if (!answer.ok) {
        const problem = await answer.json().catch(() => ({}));
        this.state.textContent = `${problem.detail ?? problem.title ?? "The server does not answer."} The log is asked for again every few seconds.`;
        return;
      }
      this.state.textContent = "The log is followed from now on; what it said before stands in the log itself.";
      await this.#take(answer.body.pipeThrough(new TextDecoderStream()).getReader());
    } catch (error) {
      if (error.name !== "AbortError") this.state.textContent = "The server does not answer. The log is asked for again every few seconds.";
    }
  }

  async #take(reader) {
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const events = (rest + value).split("\n\n");
      rest = events.pop();
      for (const event of events) {
        const lines = event.split("\n");
        const text = lines.filter((line) => line.startsWith("data:")).map((line) => line.slice(5).replace(/^ /, "")).join("\n");
        if (lines.includes("event: refused")) this.state.textContent = `${text}. The log is asked for again every few seconds.`;
        else if (lines.includes("event: missed")) this.#add("Some messages are missing here: more was written than could be read.");
        else if (text) this.#add(text);
      }
    }
  }

  #add(text) {
    this.#lines.push(text);
    if (this.#lines.length > MOST) this.#dropped += this.#lines.splice(0, this.#lines.length - MOST).length;
    if (!this.#paused) this.#due ||= requestAnimationFrame(() => { this.#due = 0; this.#draw(false); });
    else this.#counted();
  }

  #counted() {
    const dropped = this.#dropped > 0 ? `, ${this.#dropped} older ones are gone` : "";
    this.count.textContent = `${count(this.#lines.length, "message")}${dropped}${this.#paused ? ", paused" : ""}`;
  }

  #draw(anew) {
    this.#counted();
    if (this.#paused && !anew) return;
    const word = this.filter.value.trim().toLowerCase();
    const shown = word ? this.#lines.filter((line) => line.toLowerCase().includes(word)) : this.#lines;
    const atEnd = this.body.scrollHeight - this.body.scrollTop - this.body.clientHeight < 40;
    // Messages that are drawn already stay, so that what somebody marks stays marked.
    const drawn = anew ? [] : [...this.body.children];
    const kept = new Map(drawn.map((line) => [line.text, line]));
    this.body.replaceChildren(...shown.map((text) => kept.get(text) ?? lineOf(text)));
    if (shown.length === 0) this.body.append(h("p", { class: "soft" }, word ? `No message has ${word}.` : "Nothing was said so far."));
    if (atEnd) this.body.scrollTop = this.body.scrollHeight;
  }

  leave() { this.#stop.abort(); }
}

/** A message; its id and return code lead to what they mean. */
function lineOf(text) {
  const failed = /\bEZD1287I\b/.test(text);
  const parts = text.split(/\b(EZD\d{4}I|RC: *\d+)\b/);
  const line = h("div", { class: `runtime-line${failed ? " is-error" : ""}` }, failed && hidden("Error: "), parts.map((part, at) => {
    if (at % 2 === 0) return part;
    const code = part.replace(/^RC: */, "");
    return code === "0" ? part : h("a", { href: explained(code) }, part);
  }));
  line.text = text;
  return line;
}
