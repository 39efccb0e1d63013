// Markup in every text that a person can type: every page shows it as it was typed.
import { test, expect } from "../lib/test.js";
import { installQuietly, mq, openStore, prepare } from "../lib/story.js";
import { edit, save } from "../lib/samples.js";

const MARK = "<img src=x onerror=alert(1)>";

/** Words, lists and rows with the mark in every text; what has meaning for the store stays. */
function marked(value, key) {
  const kept = ["kind", "group", "image", "owner", "order", "traffic", "level", "shared", "direction", "client_authentication"];
  if (kept.includes(key)) return value;
  if (typeof value === "string") return MARK;
  if (Array.isArray(value)) return value.map((inner) => marked(inner));
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, marked(inner, key)]));
  return value;
}

/** Fails when a page makes an element of the mark, asks for its picture or opens a dialog. */
function obey(page) {
  const done = [];
  page.on("dialog", (dialog) => {
    done.push(`dialog: ${dialog.message()}`);
    dialog.dismiss().catch(() => {});
  });
  page.on("request", (request) => {
    if (/\/x$/.test(new URL(request.url()).pathname)) done.push(`request: ${request.url()}`);
  });
  return done;
}

/** How often the mark is read on the page: as text, and as the value of a field. */
async function seen(page) {
  return page.evaluate((mark) => {
    const text = document.body.innerText.split(mark).length - 1;
    const fields = [...document.querySelectorAll("input, textarea")].filter((field) => field.value.includes(mark)).length;
    const views = [...document.querySelectorAll("code-view")].filter((view) => view.text?.includes(mark)).length;
    return { shown: text + fields + views, made: document.querySelectorAll("img[src=x]").length };
  }, MARK);
}

test("markup is shown as it was typed, on every page", async ({ page, server, admin }) => {
  test.setTimeout(300_000);
  const objects = mq();
  const described = Object.fromEntries(Object.entries(objects).map(([id, body]) => [id, { ...body, description: MARK, tags: ["img-src"] }]));
  await prepare(admin, "PROD", described);
  await save(admin, "PROD", { colinag: { ...described.colinag, addresses: ["10.1.1.4"] } }, MARK);
  await admin.patch("/stores/PROD", { description: MARK });
  await installQuietly(admin, server, "PROD", "tcpip", MARK);
  await admin.post("/tokens", { label: MARK, role: "viewer", days: 1, password: "correct horse battery" });
  const done = obey(page);
  await openStore(page, server, "PROD");

  const look = async (path, least) => {
    await page.goto(`${server.url}${path}`);
    await expect(page.getByRole("main").getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.locator(".skeleton")).toHaveCount(0);
    await expect.poll(async () => (await seen(page)).shown, { message: `${path} shows it` }).toBeGreaterThanOrEqual(least);
    expect.soft((await seen(page)).made, `${path} made an element`).toBe(0);
  };
  // Texts that may be anything: descriptions, comments, labels.
  for (const path of ["/stores", "/account", "/s/PROD/history", "/s/PROD/install", "/s/PROD/settings"]) await look(path, 1);
  const editors = {
    colingr: "group/colingr", colmvsa: "image/colmvsa", tcpip: "stack/tcpip/settings", colinrn: "rule/colinrn",
    colintd: "traffic/colintd", colinsl: "levels/colinsl", colinag: "addresses/colinag", colinmap: "maps/colinmap",
  };
  for (const path of Object.values(editors)) await look(`/s/PROD/${path}`, 1);

  // Values that are none: names, ports, addresses and rings, in a draft.
  await edit(admin, "PROD", Object.fromEntries(Object.entries(described).map(([id, body]) => [id, marked(body)])), MARK);
  for (const path of Object.values(editors)) await look(`/s/PROD/${path}`, 2);
  for (const path of ["overview", "systems", "traffic", "levels", "addresses", "maps", "review", "install", "setup", "setup/tcpip", "stack/tcpip/rules", "stack/tcpip/files"]) {
    await look(`/s/PROD/${path}`, 1);
  }
  for (const path of ["guided", "history"]) await look(`/s/PROD/${path}`, 0);
  for (const path of ["/accounts", "/server"]) await look(path, 0);
  expect(done, "what the markup did").toEqual([]);
});
