// Install: differences, drift, errors, and the way back.
import { expect, logIn, accessible } from "../lib/test.js";
import { test } from "../lib/engine.js";
import { seeded, save, stack } from "../lib/seed.js";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const policy = (server, name = "TCPIP") => join(server.root, `COLMVSA/etc/pagent.${name}.ttls`);
const id = "COLMVSA.TCPIP.stack";

async function open(page, server, name = "ana", password = undefined) {
  await logIn(page, server, name, password);
  await expect(page.getByRole("button", { name: `Account ${name}` })).toBeVisible();
  await page.goto(`${server.url}/s/PROD/install`);
  await expect(page.getByRole("heading", { name: "Install", exact: true })).toBeVisible();
}

/** Installs the newest revision through the API. */
async function install(admin, server, stacks = [id]) {
  for (const stack of stacks) await admin.put(`/stores/PROD/targets/${stack}`, { stack, root: join(server.root, "COLMVSA") });
  const plan = await admin.post("/stores/PROD/installs/preview", { stacks });
  return admin.post("/stores/PROD/installs", { revision: plan.revision, stacks, plan_hash: plan.plan_hash });
}

test("a stack is installed: target, difference, result", async ({ page, server, admin, person, shot }) => {
  await seeded(admin);
  await open(page, server);
  await expect(page.getByText("Nothing was installed from this store yet")).toBeVisible();
  await accessible(page);
  await shot("install-first");
  await person.click(page.getByRole("button", { name: /^Use .*COLMVSA$/ }));
  await expect(page.getByLabel("Target root of COLMVSA.TCPIP")).toHaveValue(join(server.root, "COLMVSA"));
  await person.click(page.getByRole("checkbox", { name: "Install COLMVSA.TCPIP" }));
  await expect(page).toHaveURL(/stacks=/);
  await expect(page.getByText("new file", { exact: false }).first()).toBeVisible();
  await accessible(page);
  await shot("install-plan");
  await person.click(page.getByRole("button", { name: "Install 3 files" }));
  await expect(page.getByText("Revision 2 is installed on COLMVSA.TCPIP")).toBeVisible();
  await expect(page.getByRole("table", { name: "History of installs" }).getByText("on the target")).toBeVisible();
  await accessible(page);
  await shot("install-done");
  person.done("from the page to the installed files", 3);
  expect(readFileSync(policy(server), "utf8")).toMatch(/LocalPortRange\s+1414/);
});

test("back to the previous files in two actions", async ({ page, server, admin, person, shot }) => {
  await seeded(admin);
  await install(admin, server);
  const before = readFileSync(policy(server), "utf8");
  await save(admin, "PROD", { "COLMVSA.TCPIP.traffic": stack("COLMVSA", "TCPIP", "9999")["COLMVSA.TCPIP.traffic"] }, "a mistake");
  await install(admin, server);
  expect(readFileSync(policy(server), "utf8")).toContain("9999");
  await open(page, server);
  await person.click(page.getByRole("button", { name: "Return COLMVSA.TCPIP to previous" }));
  const panel = page.getByRole("dialog");
  await expect(panel.getByRole("button", { name: "Install 3 files of revision 2" })).toBeVisible();
  await expect(panel.getByText("9999")).toBeVisible();
  await accessible(page);
  await shot("install-return");
  await person.click(panel.getByRole("button", { name: "Install 3 files of revision 2" }));
  await expect(page.getByText("COLMVSA.TCPIP has the files of revision 2 again")).toBeVisible();
  person.done("back to the previous files", 2);
  expect(readFileSync(policy(server), "utf8")).toBe(before);
  await shot("install-returned");
});

test("a file that somebody changed is shown, kept for later, and overwritten only on purpose", async ({ page, server, admin, shot }) => {
  await seeded(admin);
  await install(admin, server);
  appendFileSync(policy(server), "# changed by hand at night\n");
  await open(page, server);
  await expect(page.getByText("1 file changed")).toBeVisible();
  await page.getByRole("checkbox", { name: "Install COLMVSA.TCPIP" }).check();
  const drift = page.getByRole("region", { name: "Changed on the target of COLMVSA.TCPIP" });
  await expect(drift.getByText("changed by hand at night").first()).toBeVisible();
  const button = page.getByRole("button", { name: /^Install 3 files/ });
  await expect(button).toHaveAttribute("aria-disabled", "true");
  await accessible(page);
  await shot("install-drift");
  await drift.getByRole("button", { name: "Keep for later" }).click();
  await expect(page.getByText("kept for later").first()).toBeVisible();
  await expect(drift.getByRole("button", { name: "Keep for later" })).toHaveCount(0);
  await expect(button).toHaveAttribute("aria-disabled", "true");
  await shot("install-drift-kept");
  expect(readFileSync(policy(server), "utf8")).toContain("changed by hand at night");
  await drift.getByRole("button", { name: /^Overwrite/ }).click();
  await expect(drift.getByText("will be overwritten")).toBeVisible();
  await page.getByRole("button", { name: "Install 3 files" }).click();
  await expect(page.getByText("Revision 2 is installed on COLMVSA.TCPIP")).toBeVisible();
  expect(readFileSync(policy(server), "utf8")).not.toContain("changed by hand at night");
});

test("an error stops the install and leads to its field", async ({ page, server, admin, shot }) => {
  await seeded(admin);
  await save(admin, "PROD", { "image.COLMVSA": { kind: "image", name: "COLMVSA", group: "group.Default", keyring: "" } }, "no ring");
  await admin.put(`/stores/PROD/targets/${id}`, { stack: id, root: join(server.root, "COLMVSA") });
  await open(page, server);
  await page.getByRole("checkbox", { name: "Install COLMVSA.TCPIP" }).check();
  const errors = page.getByRole("list", { name: "Errors" });
  await expect(errors.getByText("has no key ring", { exact: false })).toBeVisible();
  await expect(page.getByRole("button", { name: /^Install/ }).and(page.locator("[aria-disabled=true]"))).toBeVisible();
  await accessible(page);
  await shot("install-error");
  await errors.getByRole("link", { name: "Go to system image COLMVSA" }).click();
  await expect(page.getByRole("heading", { name: "COLMVSA" })).toBeVisible();
  await expect(page.getByLabel("Key ring", { exact: false }).first()).toBeFocused();
  expect(existsSync(policy(server))).toBe(false);
});

test("a draft that is not saved is said, and all of a group is installed at once", async ({ page, server, admin, shot }) => {
  await seeded(admin, ["COLMVSA.TCPIP", "COLMVSA.TCPIP2"]);
  const second = "COLMVSA.TCPIP2.stack";
  for (const stack of [id, second]) await admin.put(`/stores/PROD/targets/${stack}`, { stack, root: join(server.root, "COLMVSA") });
  const now = (await admin.get("/stores/PROD/configuration")).objects.find((object) => object.id === "group.Default");
  await admin.post("/stores/PROD/draft/edits", { words: "describe", changes: [{ id: now.id, etag: now.etag, body: { ...now.body, description: "not saved" } }] });
  await open(page, server);
  await expect(page.getByText("1 change of your draft is not in revision 2", { exact: false })).toBeVisible();
  await expect(page.getByRole("link", { name: "Review and save" }).first()).toBeVisible();
  await page.getByRole("button", { name: "Install all of group Default…" }).click();
  await expect(page.getByRole("checkbox", { name: "Install COLMVSA.TCPIP", exact: true })).toBeChecked();
  await shot("install-group");
  await page.getByRole("button", { name: "Install 6 files of 2 stacks" }).click();
  await expect(page.getByText("Revision 2 is installed on COLMVSA.TCPIP2")).toBeVisible();
  expect(existsSync(policy(server)) && existsSync(policy(server, "TCPIP2"))).toBe(true);
});

test("an earlier install is shown and installed again from the history", async ({ page, server, admin, shot }) => {
  await seeded(admin);
  await install(admin, server);
  await save(admin, "PROD", { "COLMVSA.TCPIP.traffic": stack("COLMVSA", "TCPIP", "1500")["COLMVSA.TCPIP.traffic"] }, "one more port");
  await install(admin, server);
  await open(page, server);
  const history = page.getByRole("table", { name: "History of installs" });
  await expect(history.getByRole("row")).toHaveCount(3);
  await history.getByRole("button", { name: "Actions for install 1 of COLMVSA.TCPIP" }).click();
  await page.getByRole("menuitem", { name: "Show its files" }).click();
  const panel = page.getByRole("dialog", { name: "Install 1 of COLMVSA.TCPIP" });
  await expect(panel.getByText("1414").first()).toBeVisible();
  await accessible(page);
  await shot("install-history-files");
  await panel.getByRole("tab", { name: "Compared with now" }).click();
  await expect(panel.getByText("1500").first()).toBeVisible();
  await shot("install-history-compared");
  await panel.getByRole("button", { name: "Install 3 files of revision 2" }).click();
  await expect(history.getByRole("row")).toHaveCount(4);
  expect(readFileSync(policy(server), "utf8")).toContain("1414");
});

test("what is typed stays when somebody saves meanwhile, and the page takes the news", async ({ page, server, admin }) => {
  await seeded(admin);
  await install(admin, server);
  await open(page, server);
  const table = page.getByRole("table", { name: "Stacks to install" });
  const root = page.getByLabel("Target root of COLMVSA.TCPIP");
  await expect(root).not.toHaveValue("");
  await expect(table.getByText("same content", { exact: false })).toBeVisible();
  await root.fill("/half/ty");
  await save(admin, "PROD", { "COLMVSA.TCPIP.traffic": stack("COLMVSA", "TCPIP", "1500")["COLMVSA.TCPIP.traffic"] }, "one more port");
  await expect(page.getByText("Install writes revision 3, the newest.")).toBeVisible();
  await expect(table.getByText("same content", { exact: false })).toHaveCount(0);
  await expect(root).toBeFocused();
  await expect(root).toHaveValue("/half/ty");
});

test("a comment and an unfolded difference stay when the plan is read again", async ({ page, server, admin }) => {
  await seeded(admin);
  await install(admin, server);
  await open(page, server);
  await page.getByRole("checkbox", { name: "Install COLMVSA.TCPIP" }).check();
  const file = (name) => page.locator("details.file", { has: page.locator("summary", { hasText: name }) });
  await file("Main file").locator("summary").click();
  await expect(file("Main file").locator("code-diff")).toBeVisible();
  await file("Policy file").locator("summary").click();
  const comment = page.getByRole("textbox", { name: "Comment, kept in the history" });
  await comment.pressSequentially("before the aud");
  await save(admin, "PROD", { "COLMVSA.TCPIP.traffic": stack("COLMVSA", "TCPIP", "1500")["COLMVSA.TCPIP.traffic"] }, "one more port");
  await expect(page.getByRole("heading", { name: "Revision 3 on COLMVSA.TCPIP" })).toBeVisible();
  await expect(comment).toBeFocused();
  await comment.pressSequentially("it");
  await expect(comment).toHaveValue("before the audit");
  await expect(file("Main file").locator("code-diff")).toBeVisible();
  await expect(file("Policy file")).not.toHaveAttribute("open");
  await page.getByRole("button", { name: "Install 3 files" }).click();
  await expect(page.getByRole("table", { name: "History of installs" }).getByText("before the audit")).toBeVisible();
  await page.getByRole("button", { name: "Close the result" }).click();
  await page.getByRole("checkbox", { name: "Install COLMVSA.TCPIP" }).check();
  await expect(comment).toHaveValue("");
});

test("who may only look sees why nothing can be installed", async ({ page, server, admin, shot }) => {
  await seeded(admin);
  await install(admin, server);
  await admin.account("ben", "a horse, a battery", "PROD", "viewer");
  await open(page, server, "ben", "a horse, a battery");
  await page.getByRole("checkbox", { name: "Install COLMVSA.TCPIP" }).check();
  await expect(page.getByText("You may look at installs of this store, not make them.").first()).toBeVisible();
  await expect(page.getByLabel("Target root of COLMVSA.TCPIP")).toHaveAttribute("readonly", "");
  await accessible(page);
  await shot("install-viewer");
});

test("a frozen store is not installed from by others", async ({ page, server, admin, shot }) => {
  await seeded(admin);
  await install(admin, server);
  await admin.account("ben", "a horse, a battery", "PROD", "installer");
  await admin.put("/stores/PROD/freeze", { reason: "month end" });
  await open(page, server, "ben", "a horse, a battery");
  await page.getByRole("checkbox", { name: "Install COLMVSA.TCPIP" }).check();
  await expect(page.getByText("ana has frozen the store: month end").first()).toBeVisible();
  await expect(page.getByRole("button", { name: /^Install 3 files/ })).toHaveAttribute("aria-disabled", "true");
  await shot("install-frozen");
});

test("a store without stacks says where they come from", async ({ page, server, admin, shot }) => {
  await admin.post("/stores", { name: "PROD" });
  await open(page, server);
  await expect(page.getByRole("heading", { name: "No stack to install yet" })).toBeVisible();
  await accessible(page);
  await shot("install-empty");
});

test("an engine that reads the files checks, loads and tries them, and keeps them with the install", async ({ page, server, admin, engines, shot }) => {
  await seeded(admin);
  await install(admin, server);
  await engines.reads("main", join(server.root, "COLMVSA"), "START1/COLINRING");
  const engine = async () => (await admin.get("/engines")).engines[0].status;
  const first = (await engine()).files;
  const port = (number) => save(admin, "PROD", { "COLMVSA.TCPIP.traffic": stack("COLMVSA", "TCPIP", number)["COLMVSA.TCPIP.traffic"] }, "another port");
  await port("1500");
  await open(page, server);
  await page.getByRole("checkbox", { name: "Install COLMVSA.TCPIP" }).check();
  await expect(page.getByText("Engine main reads these files, and will load them on trial.")).toBeVisible();
  await accessible(page);
  await shot("install-engine");
  await page.getByRole("combobox", { name: "Put back what was there unless confirmed" }).selectOption({ label: "within 5 minutes" });
  await page.getByRole("button", { name: "Install 3 files" }).click();
  const result = page.getByRole("status", { name: "Result of the install" });
  await expect(result.getByText("Engine main: loaded 1 rule", { exact: false })).toBeVisible();
  await expect(result.getByText(/Engine main: .*TLSv1\.3, .*CN=localhost, valid until/)).toBeVisible();
  expect((await engine()).trial.state).toBe("running");
  await accessible(page);
  await shot("install-engine-waits");
  await page.getByRole("button", { name: "Keep it" }).click();
  await expect(result.getByText("It is kept.")).toBeVisible();
  const kept = await engine();
  expect(kept.trial ?? null).toBe(null);
  // The history tells it, too.
  const history = page.getByRole("table", { name: "History of installs" });
  await history.getByRole("button", { name: "Actions for install 2 of COLMVSA.TCPIP" }).click();
  await page.getByRole("menuitem", { name: "Show its files" }).click();
  const panel = page.getByRole("dialog", { name: "Install 2 of COLMVSA.TCPIP" });
  await expect(panel.getByText("Engine main: loaded 1 rule", { exact: false })).toBeVisible();
  await shot("install-engine-history");
  await panel.getByRole("button", { name: "Close", exact: true }).last().click();
  expect(kept.files).not.toEqual(first);

  // What it would refuse is not installed, unless nothing but files is wanted.
  await save(admin, "PROD", { "image.COLMVSA": { kind: "image", name: "COLMVSA", group: "group.Default", keyring: "START1/NONE" } }, "no such ring");
  await page.getByRole("button", { name: "Close the result" }).click();
  await page.getByRole("checkbox", { name: "Install COLMVSA.TCPIP" }).check();
  await expect(page.getByText("Engine main reads these files, and would refuse the policy.")).toBeVisible();
  await expect(page.getByText("key ring START1/NONE", { exact: false }).first()).toBeVisible();
  const button = page.getByRole("button", { name: "Install 3 files" });
  await expect(button).toHaveAttribute("aria-disabled", "true");
  await accessible(page);
  await shot("install-engine-refuses");
  await page.getByRole("button", { name: "Files only" }).click();
  await button.click();
  await expect(page.getByText(/Revision \d+ is installed on COLMVSA.TCPIP/)).toBeVisible();
  expect(readFileSync(policy(server), "utf8")).toContain("START1/NONE");
  expect((await engine()).files).toEqual(kept.files);
});
