// Making elements. Text is always text: nothing here reads markup.
import { fromServer } from "./client.js";

/** An element with attributes, listeners (`onclick` …) and children. */
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(9).filter((child) => child !== undefined && child !== null && child !== false));
  return element;
}

/** Text in which backticks stand around what a person typed or a file holds. */
export const code = (text) => text.split("`").map((part, at) => (at % 2 ? h("code", {}, part) : part));

/** Words that begin with a capital and end with a period. */
export function sentence(text) {
  if (!text) return "";
  const whole = text[0].toUpperCase() + text.slice(1);
  return /[.?:]$/.test(whole) ? whole : `${whole}.`;
}

export const count = (number, one, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;

const PATHS = {
  error: "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zm2.7 10.4L8 8.7l-2.7 2.7-.7-.7L7.3 8 4.6 5.3l.7-.7L8 7.3l2.7-2.7.7.7L8.7 8l2.7 2.7z",
  warning: "M8 1.5 1 14h14zM7.4 6h1.2v4.2H7.4zM8 12.6a.8.8 0 1 1 0-1.6.8.8 0 0 1 0 1.6z",
  info: "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zm0 2.8a.8.8 0 1 1 0 1.6.8.8 0 0 1 0-1.6zM10 12H6v-1h1.5V7.5H6.3v-1h2.2V11H10z",
  down: "M8 11 3 6l.7-.7L8 9.6l4.3-4.3.7.7z",
  ok: "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zM7 10.9 4.1 8l.8-.8L7 9.3l4.1-4.1.8.8z",
  search: "m14.5 13.8-3.7-3.7a5.2 5.2 0 1 0-.7.7l3.7 3.7zM2.5 6.8a4.3 4.3 0 1 1 8.5 0 4.3 4.3 0 0 1-8.5 0z",
};

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [key, value] of Object.entries({ class: "icon", width: 16, height: 16, viewBox: "0 0 16 16", "aria-hidden": "true" })) svg.setAttribute(key, value);
  const path = document.createElementNS(svg.namespaceURI, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

export const WORDS = { error: "Error", warning: "Warning", info: "Information" };

export const hidden = (text) => h("span", { class: "cds--visually-hidden" }, text);

export const button = (words, look, onclick, more = {}) =>
  h("button", { type: "button", class: `cds--btn cds--btn--sm cds--btn--${look}`, onclick, ...more }, h("span", {}, code(words)));

let fields = 0;
/** An input or a choice with its label; `PAGENT`'s word grey behind it. */
export function field(label, word, input) {
  input.id = `policy-${fields++}`;
  const words = [h("span", {}, label), word && [" ", h("small", { class: "second-word" }, word)]];
  return h("div", { class: "cds--form-item field" }, h("label", { class: "cds--label", for: input.id }, words), input.localName === "select" ? h("div", { class: "cds--select-input__wrapper" }, input, icon("down")) : input);
}

export const input = (props) => h("input", { type: "text", class: "cds--text-input cds--text-input--sm", autocomplete: "off", spellcheck: "false", ...props });

/** `options` are value and words. */
export const select = (options, value, props) =>
  h("select", { class: "cds--select-input cds--select-input--sm", ...props },
    options.map(([key, words]) => h("option", { value: key, ...(key === value ? { selected: true } : {}) }, words)));

/** A way to a place: a button where it leads somewhere, else the words. */
export const place = (go, at, words) => {
  const onclick = at && go?.(at);
  return onclick ? h("button", { type: "button", class: "link", onclick, title: `${at.file}:${at.line}` }, words) : words;
};

/** Where a code is explained. */
export const page = (key) => `/explain/${encodeURIComponent(key)}`;

/** Elements whose properties can be set before they are defined. */
export class Element extends HTMLElement {
  connectedCallback() {
    for (const name of this.constructor.props ?? []) {
      if (Object.hasOwn(this, name)) { const value = this[name]; delete this[name]; this[name] = value; }
    }
    this.show();
  }
  tell(name, detail) { this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true })); }
}

/** Elements that ask the server about the draft. `stored` says that it has what was typed: what is being stored is
 *  asked about when it is, by `again`. */
export class Asker extends Element {
  #stored = true; #number = 0; #timer;
  get stored() { return this.#stored; }
  set stored(stored) {
    const before = this.#stored;
    this.#stored = stored;
    if (stored && !before) this.again();
  }
  disconnectedCallback() { clearTimeout(this.#timer); this.#number += 1; }
  /** Calls `ask` when so many milliseconds brought nothing newer. */
  soon(pause) { clearTimeout(this.#timer); this.#timer = setTimeout(() => this.ask(), pause); }
  /** An answer, or nothing when a newer question was asked meanwhile or the element is gone. */
  async newest(answer) {
    const number = ++this.#number;
    const given = await answer;
    return number === this.#number ? given : undefined;
  }
  /** Asks about the store. */
  ofStore(what, question) { return fromServer(`/stores/${encodeURIComponent(this.getAttribute("store"))}/${what}`, question); }
}
