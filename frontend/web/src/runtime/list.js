// A table of which only the visible rows are drawn. Rows stay the same elements while what they show changes, so that
// nobody who follows a list that is asked for again and again loses the focus.
import { h, hidden } from "../policy/dom.js";

/** The height of a row, in pixels, as the style sheet has it. */
const ROW = 40;
/** Rows that are drawn above and below those that are visible. */
const SPARE = 8;
const order = new Intl.Collator(undefined, { numeric: true });

export class List {
  #rows = []; #drawn = new Map(); #sort; #due = 0; #current;

  /** `columns` have `key`, `words`, `width`, `text(row)`, and where it is more than its text `cell(row)`; `sort(row)`
   *  where it is sorted by something else, `end` where it stands at the end. `key` tells rows apart. */
  constructor({ label, columns, key, sort }) {
    Object.assign(this, { columns, key });
    this.#sort = sort;
    this.body = h("tbody");
    this.head = h("tr", {}, columns.map((column) => this.#headOf(column)));
    this.table = h("table", { class: "table", "aria-label": label, style: `inline-size: max(100%, ${columns.reduce((sum, column) => sum + column.width, 0)}rem)` },
      h("thead", {}, this.head), this.body);
    this.scroll = h("div", { class: "table-scroll", onscroll: () => this.#later() }, this.table);
    this.element = h("div", { class: "table-box runtime-list", onkeydown: (event) => this.#pressed(event), onfocusin: (event) => this.#entered(event) }, this.scroll);
    new ResizeObserver(() => this.#later()).observe(this.scroll);
    this.#mark();
  }

  set(rows) {
    this.#rows = rows;
    this.#arrange();
    this.#draw();
  }

  #headOf(column) {
    const press = () => {
      const down = this.#sort?.[0] === column.key ? !this.#sort[1] : false;
      this.#sort = [column.key, down];
      this.#mark();
      this.#arrange();
      this.#draw();
    };
    column.sortMark = h("span", { class: "sort-mark", "aria-hidden": "true" });
    return column.head = h("th", { scope: "col", class: column.end && "is-end", style: `inline-size: ${column.width}rem` }, column.plain
      ? h("span", { class: "no-sort" }, column.words || hidden("Actions"))
      : h("button", { type: "button", class: "sort", onclick: press }, column.words, column.sortMark));
  }

  #mark() {
    for (const column of this.columns) {
      const down = this.#sort?.[0] === column.key ? this.#sort[1] : undefined;
      if (column.plain) continue;
      column.head.setAttribute("aria-sort", { true: "descending", false: "ascending" }[down] ?? "none");
      column.sortMark.textContent = { true: "▼", false: "▲" }[down] ?? "";
    }
  }

  #arrange() {
    if (!this.#sort) return;
    const [key, down] = this.#sort;
    const column = this.columns.find((one) => one.key === key);
    const by = column.sort ?? column.text;
    const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : order.compare(a ?? "", b ?? ""));
    this.#rows = this.#rows.map((row) => [by(row), row]).sort(([a], [b]) => (down ? compare(b, a) : compare(a, b))).map(([, row]) => row);
  }

  #later() {
    this.#due ||= requestAnimationFrame(() => { this.#due = 0; this.#draw(); });
  }

  #draw() {
    const rows = this.#rows;
    this.table.setAttribute("aria-rowcount", rows.length + 1);
    const top = this.scroll.scrollTop;
    const first = Math.max(0, Math.min(rows.length - 1, Math.floor(top / ROW)) - SPARE);
    const last = Math.min(rows.length, Math.ceil((top + (this.scroll.clientHeight || 600)) / ROW) + SPARE);
    const visible = rows.slice(first, last);
    // The row that has the focus stays, wherever the list is scrolled to.
    const wanted = [];
    const keys = new Set();
    visible.forEach((row, at) => {
      const key = String(this.key(row));
      keys.add(key);
      wanted.push(this.#row(key, row, first + at));
    });
    for (const [key, made] of this.#drawn) {
      if (keys.has(key)) continue;
      this.#drawn.delete(key);
      made.tr.remove();
    }
    if (!keys.has(this.#current)) this.#current = visible[0] && String(this.key(visible[0]));
    this.#spacers(first * ROW, Math.max(0, rows.length - last) * ROW);
    let next = this.above.nextSibling;
    for (const tr of wanted) {
      if (tr === next) next = next.nextSibling;
      else this.body.insertBefore(tr, next);
    }
    for (const [key, { tr }] of this.#drawn) {
      for (const control of tr.querySelectorAll("button, a")) control.tabIndex = key === this.#current ? 0 : -1;
    }
  }

  #spacers(above, below) {
    const spacer = () => h("tr", { class: "spacer", "aria-hidden": "true" }, h("td", { colspan: this.columns.length }));
    if (!this.above) this.body.append(this.above = spacer(), this.below = spacer());
    this.above.firstChild.style.blockSize = `${above}px`;
    this.below.firstChild.style.blockSize = `${below}px`;
  }

  #row(key, row, place) {
    let made = this.#drawn.get(key);
    if (!made) {
      const cells = this.columns.map((column) => h("td", { class: [column.end && "is-end", column.plain && "cell-act"].filter(Boolean).join(" ") || undefined }));
      made = { tr: h("tr", { class: "row", "data-row": key }, cells), cells, shown: [] };
      this.#drawn.set(key, made);
    }
    made.tr.setAttribute("aria-rowindex", place + 2);
    this.columns.forEach((column, at) => {
      const text = column.text(row);
      const shown = column.cell ? `${text}\n${column.more?.(row) ?? ""}` : text;
      if (made.shown[at] === shown) return;
      made.shown[at] = shown;
      const cell = made.cells[at];
      // A control that has the focus would lose it.
      if (cell.contains(document.activeElement) && cell.textContent === text) return;
      if (column.cell) cell.replaceChildren(column.cell(row) ?? "");
      else cell.textContent = text;
      if (!column.plain) cell.title = column.title?.(row) ?? text;
    });
    return made.tr;
  }

  #entered({ target }) {
    const key = target.closest("tr[data-row]")?.dataset.row;
    if (key === undefined || key === this.#current) return;
    this.#current = key;
    this.#draw();
  }

  /** Arrows lead to the same control of the row above or below. */
  #pressed(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const tr = event.target.closest("tr[data-row]");
    if (!step || !tr || !this.#rows.length) return;
    event.preventDefault();
    const at = this.#rows.findIndex((row) => String(this.key(row)) === tr.dataset.row) + step;
    const row = this.#rows[at];
    if (!row) return;
    const control = [...tr.querySelectorAll("button, a")].indexOf(event.target);
    const [above, below] = [at * ROW, (at + 2) * ROW];
    if (above < this.scroll.scrollTop) this.scroll.scrollTop = above;
    if (below > this.scroll.scrollTop + this.scroll.clientHeight) this.scroll.scrollTop = below - this.scroll.clientHeight;
    this.#draw();
    const controls = [...this.#drawn.get(String(this.key(row)))?.tr.querySelectorAll("button, a") ?? []];
    (controls[control] ?? controls[0])?.focus({ preventScroll: true });
  }
}

/** Words of a filter: `key:value` for those that are known, and the rest. */
export function filterOf(text, known) {
  const keys = {};
  const words = [];
  for (const part of text.trim().split(/\s+/).filter(Boolean)) {
    const [, key, value] = /^([a-z]+):(.+)$/i.exec(part) ?? [];
    if (key && known.includes(key.toLowerCase())) keys[key.toLowerCase()] = value;
    else words.push(part.toLowerCase());
  }
  return { keys, words };
}
