// How policy text looks, for every editor.
import { EditorView, drawSelection, keymap } from "@codemirror/view";
import { StreamLanguage, HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { search, searchKeymap } from "@codemirror/search";
import { tags } from "@lezer/highlight";

const policy = StreamLanguage.define({
  name: "policy",
  startState: () => ({ first: true }),
  token(s, state) {
    if (s.sol()) state.first = true;
    if (s.eatSpace()) return null;
    if (s.match(/^#.*/)) return "comment";
    if (s.match(/^[{}]/)) return "bracket";
    const first = state.first;
    state.first = false;
    if (first && s.match(/^[A-Za-z0-9][\w.]*/)) return "keyword";
    if (s.match(/^\d+(?:\.\d+){3}(?:\/\d+)?(?=\s|-|$)/) || s.match(/^\d+(?=\s|-|$)/)) return "number";
    if (s.match(/^'[^']*'/) || s.match(/^\/\/?\S+/)) return "string";
    if (s.match(/^[^\s#{}]+/)) return "variableName";
    s.next();
    return null;
  },
});
const KEYWORDS = new Set("stack inbound outbound any local remote from to port job user at must be meet protected clear with and no rule least most keyring label suites forward secrecy client certificate required".split(" "));
/** The words of policy tests. */
export const testWords = StreamLanguage.define({
  name: "policy-tests",
  token(s) {
    if (s.eatSpace()) return null;
    if (s.match(/^#.*/)) return "comment";
    if (s.match(/^"[^"]*"?/)) return "string";
    const word = s.match(/^[^\s#"]+/);
    if (!word) { s.next(); return null; }
    if (KEYWORDS.has(word[0].toLowerCase())) return "keyword";
    return /^[\d.,:/-]+$/.test(word[0]) ? "number" : "variableName";
  },
});
// Colours come from the page's design tokens, so light and dark follow the page.
const style = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--code-keyword)" },
  { tag: tags.string, color: "var(--code-string)" },
  { tag: tags.number, color: "var(--code-number)" },
  { tag: tags.comment, color: "var(--code-comment)", fontStyle: "italic" },
]);
const theme = EditorView.theme({
  "&": { backgroundColor: "var(--cds-layer-01)", color: "var(--cds-text-primary)", fontSize: "12px" },
  "&.cm-focused": { outline: "2px solid var(--cds-focus)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5" },
  ".cm-gutters": { backgroundColor: "var(--cds-layer-01)", color: "var(--cds-text-helper)", border: "none" },
  ".cm-line.gh-marked": { backgroundColor: "var(--code-mark)" },
  ".gh-error": { color: "var(--tone-error)" },
  ".gh-warning": { color: "var(--tone-warning)" },
  ".gh-info": { color: "var(--tone-info)" },
  ".cm-panels": { backgroundColor: "var(--cds-layer-02)", color: "var(--cds-text-primary)" },
  ".cm-collapsedLines": { background: "var(--cds-layer-hover-01)", color: "var(--cds-text-secondary)" },
  ".cm-collapsedLines:before, .cm-collapsedLines:after": { content: '"…"' },
  ".cm-changedLine, .cm-insertedLine": { backgroundColor: "color-mix(in srgb, var(--code-string) 15%, transparent) !important" },
  "&.cm-merge-a .cm-changedLine, .cm-deletedChunk, .cm-deletedLine": { backgroundColor: "color-mix(in srgb, var(--tone-error) 15%, transparent) !important" },
  // A whole line is coloured once; inside of it the same colour again would be too dark to read.
  ".cm-line .cm-insertedLine, .cm-line .cm-deletedLine, .cm-deletedChunk .cm-deletedLine": { backgroundColor: "transparent !important" },
  ".cm-deletedChunk": { paddingLeft: "6px" },
  ".cm-deletedChunk .cm-deletedText, &.cm-merge-a .cm-changedText": { background: "none", textDecoration: "none", borderBottom: "1px solid var(--tone-error)" },
  "&.cm-merge-b .cm-changedText, .cm-insertedLine .cm-changedText": { background: "none", borderBottom: "1px solid var(--code-string)" },
  ".cm-scroller:focus-visible": { outline: "2px solid var(--cds-focus)" },
});
/** What an editor of any language has. */
export const looks = [drawSelection(), search(), syntaxHighlighting(style), theme, keymap.of(searchKeymap)];
/** What an editor of policy text has. */
export const drawn = [policy, ...looks];
