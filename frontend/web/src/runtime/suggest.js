// Key rings and labels of the server's machine, offered where a page asks for them and the store has a target there.
// Fields are told by the place that they edit, which every input of a form carries.
import { fromServer } from "../policy/client.js";
import { h } from "../policy/dom.js";
import { administers, ending, rings } from "./rings.js";

const RING = /(^|\/)keyring$/;
const LABEL = /(^|\/)certificate_label$/;
/** Stores with a target on this machine; others have their rings elsewhere. */
const here = new Map();

async function offered(store) {
  if (!await administers()) return undefined;
  if (!here.has(store)) here.set(store, fromServer(`/stores/${encodeURIComponent(store)}/targets`).then(({ answer }) => answer?.length > 0));
  if (!await here.get(store)) {
    here.delete(store);
    return undefined;
  }
  const { answer } = await rings(store);
  return answer?.configured ? answer.rings : undefined;
}

function list(id, options) {
  let made = document.getElementById(id);
  if (!made) document.body.append(made = h("datalist", { id }));
  made.replaceChildren(...options.map(([value, words]) => h("option", { value, label: words })));
}

/** The ring that the same form names, if it does. */
function ringBeside(field) {
  const row = field.dataset.field.replace(LABEL, "$1keyring");
  const beside = document.querySelector(`input[data-field="${CSS.escape(row)}"]`) ?? document.querySelector('input[data-field="keyring"]');
  return beside?.value.trim();
}

document.addEventListener("focusin", async ({ target }) => {
  const place = target.localName === "input" && !target.readOnly && target.dataset.field;
  if (!place || !(RING.test(place) || LABEL.test(place))) return;
  const store = /^\/s\/([^/]+)/.exec(location.pathname)?.[1];
  const all = store && await offered(decodeURIComponent(store));
  if (!all || !target.isConnected) return;
  if (RING.test(place)) {
    list("keyrings-here", all.map((ring) => [ring.name, ring.certificates.filter((one) => one.usage === "personal").map((one) => one.label).join(", ")]));
    target.setAttribute("list", "keyrings-here");
    return;
  }
  const beside = ringBeside(target);
  const meant = all.filter((ring) => ring.name === beside);
  const labels = (meant.length > 0 ? meant : all).flatMap((ring) => ring.certificates.filter((one) => one.usage === "personal").map((one) => [one.label, `${ring.name}, ${ending(one)}`]));
  list("labels-here", labels);
  target.setAttribute("list", "labels-here");
});
