// Installs that wait for a confirmation: kept, run out, and what other pages say of them; and installs
// of many stacks.
import { test, expect, logIn, accessible } from "../lib/test.js";
import { seeded, save, stack } from "../lib/seed.js";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const id = "COLMVSA.TCPIP.stack";
const policy = (server) => join(server.root, "COLMVSA/etc/pagent.TCPIP.ttls");
const text = (server) => readFileSync(policy(server), "utf8");

async function target(admin, server, stack = id, folder = "COLMVSA") {
  await admin.put(`/stores/PROD/targets/${stack}`, { stack, root: join(server.root, folder) });
}

async function install(admin, stacks = [id], more = {}) {
  const plan = await admin.post("/stores/PROD/installs/preview", { stacks });
  return admin.post("/stores/PROD/installs", { revision: plan.revision, stacks, plan_hash: plan.plan_hash, ...more });
}

/** One install for good, and a revision with another port. */
async function changed(admin, server) {
  await seeded(admin);
  await target(admin, server);
  await install(admin);
  const before = text(server);
  await save(admin, "PROD", { "COLMVSA.TCPIP.traffic": stack("COLMVSA", "TCPIP", "1500")["COLMVSA.TCPIP.traffic"] }, "one more port");
  return before;
}

async function open(page, server, where = "install") {
  await logIn(page, server);
  await expect(page.getByRole("button", { name: "Account ana" })).toBeVisible();
  await page.goto(`${server.url}/s/PROD/${where}`);
}

const band = (page, number = 2) => page.getByRole("region", { name: `Install ${number} waits for confirmation` });

test("an install waits for its confirmation and is kept", async ({ page, server, admin, person, shot }) => {
  await changed(admin, server);
  await open(page, server);
  await page.getByRole("checkbox", { name: "Install COLMVSA.TCPIP" }).check();
  const wait = page.getByLabel("Put back what was there unless confirmed");
  await person.choose(wait, "within 10 minutes");
  await accessible(page);
  await shot("wait-choice");
  await person.click(page.getByRole("button", { name: "Install 3 files" }));
  await expect(band(page)).toContainText(/Install 2 on COLMVSA.TCPIP waits for confirmation until \d\d:\d\d:\d\d \(9 min \d+ s\)/);
  await expect(page.getByText("Revision 3 is installed on COLMVSA.TCPIP")).toBeVisible();
  await accessible(page);
  await shot("wait-installed");
  await page.setViewportSize({ width: 1920, height: 1080 });
  await page.emulateMedia({ colorScheme: "dark" });
  await accessible(page);
  await shot("wait-installed-dark-1920");
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.emulateMedia({ colorScheme: "light" });

  // Every page of the store says so.
  for (const where of ["overview", "systems", `systems/stack/${id}/rules`]) {
    await page.goto(`${server.url}/s/PROD/${where}`);
    await expect(band(page)).toContainText("waits for confirmation until");
    await accessible(page);
    await shot(`wait-${where.split("/")[0]}-${where.length}`);
  }
  await page.goto(`${server.url}/s/PROD/systems`);
  await expect(page.getByRole("row", { name: /TCPIP/ }).getByText("waits", { exact: true })).toBeVisible();

  // A second one on the same files is refused before it is tried.
  await page.goto(`${server.url}/s/PROD/install?stacks=${id}`);
  await expect(page.getByText("waits until", { exact: false }).first()).toBeVisible();
  await person.click(band(page).getByRole("button", { name: "Keep it" }));
  await expect(band(page)).toHaveCount(0);
  await expect(page.getByRole("table", { name: "History of installs" }).getByText("on the target")).toBeVisible();
  expect(text(server)).toContain("1500");
  person.done("waiting install, kept", 3);

  // What was chosen last is chosen again.
  await page.reload();
  await page.getByRole("checkbox", { name: "Install COLMVSA.TCPIP" }).check();
  await expect(wait).toHaveValue("10");
});

test("the result of an install says what became of it", async ({ page, server, admin }) => {
  await changed(admin, server);
  await open(page, server, `install?stacks=${id}`);
  const result = page.getByRole("status", { name: "Result of the install" });
  const previous = result.getByRole("button", { name: "Return COLMVSA.TCPIP to previous…" });
  for (const [button, heading, words, back, number] of [
    ["Put back now", "Revision 3 was installed on COLMVSA.TCPIP", "It was put back: what was there before is there again.", 0, 2],
    ["Keep it", "Revision 3 is installed on COLMVSA.TCPIP", "It is kept.", 1, 4],
  ]) {
    await page.getByLabel("Put back what was there unless confirmed").selectOption("within 10 minutes");
    await page.getByRole("button", { name: "Install 3 files" }).click();
    await expect(result.getByText("It is put back unless somebody keeps it in time", { exact: false })).toBeVisible();
    await expect(previous).toHaveCount(0);
    await band(page, number).getByRole("button", { name: button }).click();
    await expect(result.getByText(words)).toBeVisible();
    await expect(result.getByRole("heading", { name: heading })).toBeVisible();
    await expect(previous).toHaveCount(back);
    await result.getByRole("button", { name: "Close the result" }).click();
    await page.getByRole("checkbox", { name: "Install COLMVSA.TCPIP" }).check();
  }
});

test("own minutes have bounds", async ({ page, server, admin }) => {
  await changed(admin, server);
  await open(page, server, `install?stacks=${id}`);
  await page.getByLabel("Put back what was there unless confirmed").selectOption("within other minutes…");
  const minutes = page.getByLabel("Minutes, 1 to 1440");
  const button = page.getByRole("button", { name: /^Install 3 files/ });
  await expect(button).not.toHaveAttribute("aria-disabled", "true");
  await minutes.fill("1441");
  await expect(button).toHaveAttribute("aria-disabled", "true");
  await expect(page.getByText("An install waits 1 to 1440 minutes for its confirmation.").first()).toBeVisible();
  await minutes.fill("45");
  await button.click();
  await expect(band(page)).toContainText(/\(44 min \d+ s\)/);
});

test("an install that nobody confirms runs out while the page is open", async ({ page, server, admin, shot }) => {
  const before = await changed(admin, server);
  await open(page, server);
  await install(admin, [id], { confirm_within: 8 });
  await expect(band(page)).toContainText(/\([1-8] s\)/);
  expect(text(server)).toContain("1500");
  await expect(page.getByText("What was on COLMVSA.TCPIP before install 2 is there again.")).toBeVisible({ timeout: 20_000 });
  await expect(band(page)).toHaveCount(0);
  expect(text(server)).toBe(before);
  const history = page.getByRole("table", { name: "History of installs" });
  await expect(history.getByText("undoes install 2")).toBeVisible();
  await expect(history.getByText("was put back")).toBeVisible();
  await expect(history.getByText("put back by the deadline", { exact: false })).toBeVisible();
  await accessible(page);
  await shot("wait-run-out");
  await history.getByRole("button", { name: "Actions for install 3 of COLMVSA.TCPIP" }).click();
  await page.getByRole("menuitem", { name: "Show its files" }).click();
  const panel = page.getByRole("dialog", { name: "Install 3 of COLMVSA.TCPIP" });
  await expect(panel.getByText("1414").first()).toBeVisible();
  await accessible(page);
  await shot("wait-note");
});

test("how an install over several stacks ended is said with all of them", async ({ page, server, admin }) => {
  const both = [id, "COLMVSA.TCPIP2.stack"];
  await seeded(admin, ["COLMVSA.TCPIP", "COLMVSA.TCPIP2"]);
  for (const stack of both) await target(admin, server, stack);
  await open(page, server, "overview");
  for (const [end, says] of [
    ["confirm", (number) => `Install ${number} on COLMVSA.TCPIP, COLMVSA.TCPIP2 is kept.`],
    ["put-back", (number) => `What was on COLMVSA.TCPIP, COLMVSA.TCPIP2 before install ${number} is there again.`],
  ]) {
    const [{ id: number }] = await install(admin, both, { confirm_within: 600 });
    await expect(band(page, number)).toBeVisible();
    await admin.post(`/stores/PROD/installs/${number}/${end}`, {});
    await expect(page.getByText(says(number))).toBeVisible();
    await expect(band(page, number)).toHaveCount(0);
  }
});

test("put back now, and what cannot be put back is said", async ({ page, server, admin, shot }) => {
  await changed(admin, server);
  await install(admin, [id], { confirm_within: 600 });
  const { mkdirSync, rmSync, rmdirSync } = await import("node:fs");
  const image = join(server.root, "COLMVSA/etc/pagent.TCPIP.conf");
  rmSync(image);
  mkdirSync(image);
  await open(page, server, "overview");
  await band(page).getByRole("button", { name: "Put back now" }).click();
  await expect(page.getByText("is a folder", { exact: false })).toBeVisible();
  await shot("wait-trouble");
  rmdirSync(image);
  await band(page).getByRole("button", { name: "Put back now" }).click();
  await expect(band(page)).toHaveCount(0);
  expect(text(server)).toContain("1414");
});

test("who may only look sees what waits and decides nothing", async ({ page, server, admin }) => {
  await changed(admin, server);
  await install(admin, [id], { confirm_within: 600 });
  await admin.account("ben", "a horse, a battery", "PROD", "viewer");
  await logIn(page, server, "ben", "a horse, a battery");
  await expect(page.getByRole("button", { name: "Account ben" })).toBeVisible();
  await page.goto(`${server.url}/s/PROD/overview`);
  await expect(band(page).getByRole("button", { name: "Keep it" })).toHaveAttribute("aria-disabled", "true");
});

test("300 stacks by keyboard alone: progress by file, cancelled, and the rest chosen again", async ({ page, server, admin, shot }) => {
  test.setTimeout(400_000);
  const names = Array.from({ length: 300 }, (_, n) => `T${String(n).padStart(3, "0")}`);
  await admin.post("/stores", { name: "PROD" });
  let objects = { "group.Default": { kind: "group", name: "Default" } };
  const first = stack("COLMVSA", "T000");
  objects = { ...objects, ...first };
  for (const name of names.slice(1)) objects[`COLMVSA.${name}.stack`] = { kind: "stack", name, image: "image.COLMVSA" };
  const changes = Object.entries(objects).map(([id, body]) => ({ id, body }));
  const now = (await admin.get("/stores/PROD/configuration")).objects;
  for (const change of changes) {
    const there = now.find((object) => object.id === change.id);
    if (there) change.etag = there.etag;
  }
  const draft = await admin.post("/stores/PROD/draft/edits", { words: "300 stacks", changes });
  await admin.post("/stores/PROD/draft/save", { comment: "300 stacks", head: draft.head });
  for (const name of names) await target(admin, server, `COLMVSA.${name}.stack`, name);
  await open(page, server);
  await expect(page.getByRole("checkbox", { name: "Install COLMVSA.T000" })).toBeVisible({ timeout: 60_000 });
  await shot("many-list");
  const all = page.getByRole("checkbox", { name: "Choose all stacks" });
  await all.focus();
  await page.keyboard.press("Space");
  const button = page.getByRole("button", { name: "Install 900 files of 300 stacks" });
  await expect(button).toBeVisible({ timeout: 120_000 });
  await expect(page.getByRole("heading", { name: "Revision 2 on 300 stacks" })).toBeVisible();
  await shot("many-plan");
  await button.focus();
  await page.keyboard.press("Enter");
  const running = page.getByRole("region", { name: "Install under way" });
  await expect(running.getByText(/\d+ of 900 files written; writing COLMVSA\.T\d\d\d/)).toBeVisible({ timeout: 60_000 });
  await shot("many-running");
  const cancel = running.getByRole("button", { name: "Cancel before the next stack" });
  await cancel.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByText(/^Cancelled: \d+ stacks? (is|are) installed, \d+ stacks are left as they were\.$/)).toBeVisible({ timeout: 60_000 });
  await shot("many-cancelled");
  expect(existsSync(join(server.root, "T000/etc/pagent.conf"))).toBe(true);
  expect(existsSync(join(server.root, "T299/etc/pagent.conf"))).toBe(false);
  await page.getByRole("button", { name: "Choose these" }).press("Enter");
  await expect(page.getByRole("button", { name: /^Install \d+ files of \d+ stacks$/ })).toBeVisible({ timeout: 120_000 });
  await expect(page.getByRole("checkbox", { name: "Install COLMVSA.T000" })).not.toBeChecked();
});
