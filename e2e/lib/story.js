// What the stories have in common: a store to work in, its policy text, and its golden files.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, logIn } from "./test.js";

const golden = resolve(import.meta.dirname, "../tests/golden");

/** Opens a store that is there, as a person who has just logged in; nothing of it is counted. */
export async function openStore(page, server, store, page_of_store = "systems", name, password) {
  await logIn(page, server, name, password);
  await expect(page.getByRole("button", { name: /^Account / })).toBeVisible();
  await page.goto(`${server.url}/s/${store}/${page_of_store}`);
  await expect(page.getByRole("button", { name: `Store ${store}` })).toBeVisible();
}

/** What the header says of the draft. */
export function draft(page) {
  return page.getByRole("banner").getByRole("status");
}

/** Waits until the draft has this many changes and all of it is stored. */
export async function stored(page, changes) {
  const words = changes === undefined ? /stored \d/ : new RegExp(`Draft: ${changes} changes? · stored \\d`);
  await expect(draft(page)).toHaveText(words);
}

/** Goes to a page of the store by the list at the left: one action. */
export async function go(person, words) {
  await person.click(person.page.getByRole("navigation", { name: "Pages of the store" }).getByRole("link", { name: words, exact: true }));
  await expect(person.page.getByRole("heading", { name: words, level: 1 })).toBeVisible();
}

/** Types into a picker and makes a new object of what was typed: one field filled. */
export async function make(person, picker, typed) {
  person.actions += 1;
  await picker.click();
  await picker.fill(typed);
  await person.page.getByRole("option", { name: /^New / }).click();
}

/** The text of the policy pane; it has no header. */
export function preview(page) {
  return page.getByRole("complementary", { name: "Policy text" }).locator("code-view").evaluate((view) => view.text);
}

/** Reviews the draft and saves it: two actions. */
export async function save(person, revision, before = async () => {}) {
  const { page } = person;
  await person.click(page.getByRole("link", { name: "Review and save" }));
  await expect(page.getByRole("heading", { name: "Review and save", level: 1 })).toBeVisible();
  await before();
  await person.click(page.getByRole("button", { name: `Save revision ${revision}`, exact: true }));
  await expect(page.getByText(`Revision ${revision} is saved.`)).toBeVisible();
}

/** The file below its header: everything after the first empty line. */
export function below(text) {
  const end = text.indexOf("\n\n");
  return end < 0 ? text : text.slice(end + 2);
}

/** Compares an installed file, below its header, with a golden file; `GOLDEN=write` writes that. */
export function sameAsGolden(text, name) {
  const path = join(golden, name);
  if (process.env.GOLDEN === "write") writeFileSync(path, below(text));
  expect(existsSync(path), `${name} is there`).toBe(true);
  expect(below(text)).toBe(readFileSync(path, "utf8"));
}

/** The text of a golden file. */
export function goldenText(name) {
  return readFileSync(join(golden, name), "utf8");
}

/** Installs a stack on the Install page, and gives the paths on this machine by role. `root` is
 *  typed; without it the suggested one is taken where the stack has none yet. */
export async function install(person, client, store, stack, { root, first = true, shot } = {}) {
  const { page } = person;
  await go(person, "Install");
  await person.click(page.getByRole("checkbox", { name: `Install ${stack}`, exact: true }));
  const target = page.getByLabel(`Target root of ${stack}`);
  if (root) {
    await person.fill(target, root);
    await target.blur();
  } else if (first) {
    await person.click(page.getByRole("row").filter({ has: target }).getByRole("button", { name: /^Use / }));
  }
  const button = page.getByRole("button", { name: /^Install \d+ files?$/ });
  await expect(button).toBeVisible();
  await shot?.();
  await person.click(button);
  await expect(page.getByRole("heading", { name: new RegExp(`^Revision \\d+ is installed on ${stack.replace(".", "\\.")}$`) })).toBeVisible();
  return installed(client, store);
}

/** The paths of the files of the newest install, by role. */
export async function installed(client, store) {
  const { items: [record] } = await client.get(`/stores/${store}/installs?limit=1`);
  expect(record.outcome).toBe("done");
  return Object.fromEntries(record.files.map((file) => [file.role, file.path]));
}

/** The objects of story 1, with ids that tell what they are. */
export function mq() {
  const row = (local_port) => ({ local_port, direction: "inbound" });
  return {
    colingr: { kind: "group", name: "COLINGR" },
    colmvsa: { kind: "image", name: "COLMVSA", group: "colingr", keyring: "START1/COLINRING" },
    tcpip: { kind: "stack", name: "TCPIP", image: "colmvsa" },
    colintd: { kind: "traffic-descriptor", name: "COLINTD", rows: [row("1414"), row("1415")] },
    colinag: { kind: "address-group", name: "COLINAG", addresses: ["10.1.1.2", "10.1.1.3"] },
    colinsl: { kind: "security-level", name: "COLINSL", client_authentication: "required" },
    colinmap: { kind: "requirement-map", name: "COLINMAP", mappings: [{ traffic: "colintd", level: "colinsl" }] },
    colinrn: { kind: "rule", name: "COLINRN", owner: "tcpip", local: { group: "colinag" }, map: { shared: "colinmap" } },
  };
}

/** Makes a store with these objects in its newest revision. */
export async function prepare(client, store, objects = mq()) {
  await client.post("/stores", { name: store, description: "Production" });
  return change(client, store, objects);
}

/** Saves a revision in which these objects have these bodies. */
export async function change(client, store, objects) {
  const { objects: there, revision } = await client.get(`/stores/${store}/configuration`);
  const changes = Object.entries(objects).map(([id, body]) => ({ id, body, etag: there.find((object) => object.id === id)?.etag }));
  await client.post(`/stores/${store}/draft/edits`, { words: "prepare", changes });
  return client.post(`/stores/${store}/draft/save`, { head: revision, comment: "prepared" });
}

/** Installs the newest revision of a stack below the root of the server, without a page. */
export async function installQuietly(client, server, store, stack, comment) {
  await client.put(`/stores/${store}/targets/${stack}`, { stack, root: server.root });
  const plan = await client.post(`/stores/${store}/installs/preview`, { stacks: [stack] });
  await client.post(`/stores/${store}/installs`, { revision: plan.revision, stacks: [stack], plan_hash: plan.plan_hash, comment });
  return installed(client, store);
}

/** The objects of a stack with this many rules, each with a port of its own, over a few levels and address groups. */
export function manyRules(rules) {
  const order = (number) => [17576, 676, 26, 1].map((part) => String.fromCharCode(97 + (Math.floor(number / part) % 26))).join("") + "n";
  const objects = {
    plex: { kind: "group", name: "PLEX1" },
    mvsa: { kind: "image", name: "MVSA", group: "plex", keyring: "START1/PLEXRING" },
    tcpip: { kind: "stack", name: "TCPIP", image: "mvsa" },
  };
  for (let at = 0; at < 5; at += 1) {
    objects[`level${at}`] = { kind: "security-level", name: `LEVEL${at}` };
    objects[`net${at}`] = { kind: "address-group", name: `NET${at}`, addresses: [`10.${at}.0.0/16`, `192.168.${at}.0/24`] };
  }
  for (let at = 0; at < rules; at += 1) {
    const number = String(at).padStart(4, "0");
    objects[`traffic${number}`] = { kind: "traffic-descriptor", name: `APPL${number}`, rows: [{ local_port: String(1024 + at), direction: "inbound" }] };
    objects[`rule${number}`] = {
      kind: "rule", name: `RULE${number}`, owner: "tcpip", order: order(at), local: { group: `net${at % 5}` },
      map: { own: [{ traffic: `traffic${number}`, level: `level${at % 5}` }] },
    };
  }
  return objects;
}
