// The list of stores: three ways to begin one, and copies.
import { test, expect, logIn, accessible } from "../lib/test.js";
import { mq, openStore, prepare, stored } from "../lib/story.js";

const dialog = (page, name) => page.getByRole("dialog", { name });
const text = (of, name) => of.getByRole("textbox", { name, exact: true });

test("a new store begins with the guided start, with nothing or with an export", async ({ page, server, admin, shot }) => {
  await prepare(admin, "PROD");
  await logIn(page, server);
  await expect(page.getByRole("button", { name: /^Store PROD/ })).toBeVisible();
  await page.goto(`${server.url}/stores`);
  await page.getByRole("button", { name: "New store" }).click();
  const asked = dialog(page, "New store");
  await expect(text(asked, "Name")).toBeFocused();
  await text(asked, "Name").fill("GUIDED");
  await text(asked, "Description").fill("Begins with an application");
  await accessible(page);
  await shot("stores-new");
  await asked.getByRole("button", { name: "Create the store" }).click();
  await expect(page).toHaveURL(/\/s\/GUIDED\/guided$/);

  await page.goto(`${server.url}/stores`);
  await page.getByRole("button", { name: "New store" }).click();
  await asked.getByLabel("Begins with").selectOption("Nothing");
  await text(asked, "Name").fill("EMPTY");
  await asked.getByRole("button", { name: "Create the store" }).click();
  await expect(page).toHaveURL(/\/s\/EMPTY\/overview$/);
  await expect(page.getByRole("heading", { name: "Nothing is protected yet" })).toBeVisible();

  const kept = await (await fetch(`${server.url}/api/v1/stores/PROD/export`, { headers: { cookie: admin.cookie } })).text();
  await page.goto(`${server.url}/stores`);
  await page.getByRole("button", { name: "Import from a file" }).click();
  await asked.getByLabel("Export file").setInputFiles({ name: "COPIED.gatehouse", mimeType: "text/plain", buffer: Buffer.from(kept) });
  await expect(text(asked, "Name")).toHaveValue("COPIED");
  await asked.getByRole("button", { name: "Create the store" }).click();
  await expect(page).toHaveURL(/\/s\/COPIED\/overview$/);
  await expect(page.getByRole("table", { name: "Protected ports" }).getByText("1414")).toBeVisible();
});

test("a store is copied whole, or as of one revision", async ({ page, server, admin, shot }) => {
  await prepare(admin, "PROD");
  await openStore(page, server, "PROD", "history?revision=2");
  await page.getByRole("link", { name: "Copy the store as of it…" }).click();
  const one = dialog(page, "Copy PROD as of revision 2");
  await expect(text(one, "Name")).toHaveValue("PROD-2");
  await expect(page, "a reload asks no second time").toHaveURL(/\/stores$/);
  await shot("stores-copy");
  await one.getByRole("button", { name: "Copy the store" }).click();
  await expect(page).toHaveURL(/\/s\/PROD-2\/overview$/);
  expect((await admin.get("/stores/PROD-2/revisions")).items.map((revision) => revision.number)).toEqual([1]);
  expect((await admin.get("/stores/PROD-2/configuration")).objects.map(({ id }) => id)).toEqual(expect.arrayContaining(Object.keys(mq())));

  await page.getByRole("button", { name: /^Store PROD-2/ }).click();
  await page.getByRole("menuitem", { name: "Copy this store…" }).click();
  const whole = dialog(page, "Copy PROD-2");
  await whole.getByRole("button", { name: "Copy the store" }).click();
  await expect(page).toHaveURL(/\/s\/PROD-2-copy\/overview$/);
  await page.getByRole("button", { name: /^Store PROD-2-copy/ }).click();
  await page.getByRole("menuitem", { name: "Freeze this store…" }).click();
  await expect(page.getByRole("button", { name: "Freeze the store" })).toBeVisible();
});

test("Delete in a list takes away what nothing uses", async ({ page, server, admin }) => {
  await prepare(admin, "PROD", { ...mq(), spare: { kind: "traffic-descriptor", name: "SPARE", rows: [{ local_port: "9999" }] } });
  await openStore(page, server, "PROD", "traffic");
  const row = (name) => page.getByRole("row").filter({ has: page.getByRole("link", { name, exact: true }) });
  const filter = page.getByRole("searchbox", { name: "Filter traffic descriptors" });
  await filter.fill("colintd");
  await row("COLINTD").focus();
  await page.keyboard.press("Delete");
  await expect(page.getByText("Traffic descriptor COLINTD is not deleted. It is used by 1 object.")).toBeVisible();
  await filter.fill("spare");
  await row("SPARE").focus();
  await page.keyboard.press("Delete");
  await expect(row("SPARE")).toHaveCount(0);
  await filter.fill("colintd");
  await expect(row("COLINTD")).toBeVisible();
  await stored(page, 1);
});
