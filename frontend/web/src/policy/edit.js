// The editor of a policy file: marks in the margin, the message at the line, F8 to the next one.
import { EditorState } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { drawn } from "../look.js";
import { code, h, page, sentence } from "./dom.js";

/** One line break for all lines, or the editor's own idea of them. */
const breakOf = (text) => (/\r\n/.test(text) && !/[^\r]\n|\r[^\n]/.test(text) ? EditorState.lineSeparator.of("\r\n") : []);

/** What an editor shows of a file; `changed` is called with the text after each key. */
export function stateOf(path, text, changed) {
  return EditorState.create({
    doc: text,
    extensions: [
      breakOf(text), lineNumbers(), history(), lintGutter(), ...drawn,
      keymap.of([...lintKeymap, ...historyKeymap, ...defaultKeymap]),
      EditorView.contentAttributes.of({ "aria-label": `Text of ${path}`, tabindex: "0" }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) changed(update.state);
        else if (update.selectionSet) changed();
      }),
    ],
  });
}

export const textOf = (state) => state.sliceDoc();

/** Where a line and a column, in characters, stand in the text. */
export function offset(doc, line, column) {
  if (line > doc.lines) return doc.length;
  const found = doc.line(line);
  let at = 0;
  for (let left = column - 1; left > 0 && at < found.length; left -= 1) at += found.text.codePointAt(at) > 0xffff ? 2 : 1;
  return found.from + at;
}

const span = (doc, at) => {
  const from = offset(doc, at.line, at.column);
  return { from, to: Math.max(from, offset(doc, at.end_line, at.end_column)) };
};

/** The edits of a fix as changes of a text. */
export const changes = (doc, fix) => fix.edits.map(({ at, text }) => ({ ...span(doc, at), insert: text }));

/** Shows the findings of the file. */
export function mark(state, findings, mend) {
  return setDiagnostics(state, findings.map((one) => ({
    ...span(state.doc, one.at),
    severity: one.severity,
    message: `${one.message}; ${one.help}`,
    renderMessage: () => h("span", {}, h("a", { href: page(one.code) }, one.code), " ", code(sentence(one.message)), " ", code(sentence(one.help))),
    actions: one.fix ? [{ name: `Fix: ${one.fix.title.replaceAll("`", "")}`, apply: () => mend(one) }] : [],
  })));
}
