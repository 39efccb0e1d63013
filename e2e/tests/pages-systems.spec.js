// The table of systems, what can be made in place, and what the palette can do.
import { test, expect, accessible } from "../lib/test.js";
import { installQuietly, mq, openStore, prepare, stored } from "../lib/story.js";

const two = () => ({
  ...mq(),
  other: { kind: "group", name: "TEST" },
  testmvs: { kind: "image", name: "TESTMVS", description: "Sandbox", group: "other" },
  tcptest: { kind: "stack", name: "TCPTEST", image: "testmvs" },
});

test("systems: a filter shows what is above and below, and keys walk and fold", async ({ page, server, admin, shot }) => {
  await prepare(admin, "PROD", two());
  await openStore(page, server, "PROD", "systems");
  const table = page.getByRole("table", { name: "Systems" });
  const row = (name) => table.getByRole("row").filter({ has: page.getByRole("link", { name, exact: true }) });
  await expect(row("TCPIP")).toContainText("not yet");
  await expect(row("COLMVSA")).not.toContainText("not yet");
  const filter = page.getByRole("searchbox", { name: "Filter systems" });
  await filter.fill("sandbox");
  await expect(row("TEST")).toBeVisible();
  await expect(row("TCPTEST")).toBeVisible();
  await expect(row("TCPIP")).toHaveCount(0);
  await accessible(page);
  await shot("systems-filter");
  await filter.fill("nowhere");
  await expect(page.getByText("The filter “nowhere” hides all systems.")).toBeVisible();
  await page.getByRole("button", { name: "Clear the filter" }).click();

  const name = (of) => table.getByRole("link", { name: of, exact: true });
  await name("COLINGR").focus();
  await page.keyboard.press("ArrowDown");
  await expect(name("COLMVSA")).toBeFocused();
  await page.keyboard.press("ArrowLeft");
  await expect(name("TCPIP")).toHaveCount(0);
  await expect(name("COLMVSA")).toBeFocused();
  await page.keyboard.press("ArrowRight");
  await expect(name("TCPIP")).toBeVisible();
  // What others hang on stays, and the page says why.
  await page.keyboard.press("Delete");
  await expect(page.getByText("System image COLMVSA is not deleted. It holds 1 object.")).toBeVisible();
  await expect(name("COLMVSA")).toBeVisible();
  await name("TCPTEST").focus();
  await page.keyboard.press("Delete");
  await expect(name("TCPTEST")).toHaveCount(0);
  await expect(name("TESTMVS")).toBeFocused();
  await stored(page, 1);
});

test("systems: what is installed from elsewhere is seen on the open page", async ({ page, server, admin }) => {
  await prepare(admin, "PROD");
  await openStore(page, server, "PROD", "systems");
  const row = page.getByRole("table", { name: "Systems" }).getByRole("row").filter({ has: page.getByRole("link", { name: "TCPIP", exact: true }) });
  await expect(row).toContainText("not yet");
  await installQuietly(admin, server, "PROD", "tcpip", "by a script");
  await expect(row).toContainText("revision 2");
});

test("systems: keys in a row's menu and on its buttons are theirs", async ({ page, server, admin }) => {
  await prepare(admin, "PROD", two());
  await openStore(page, server, "PROD", "systems");
  const menu = page.getByRole("button", { name: "Actions for TCPTEST" });
  await menu.focus();
  await page.keyboard.press("Delete");
  await menu.press("Enter");
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("menuitem", { name: "Settings" })).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("menuitem", { name: "Delete" })).toBeFocused();
  await page.keyboard.press("Delete");
  await expect(page.getByRole("link", { name: "TCPTEST", exact: true })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("link", { name: "TCPTEST", exact: true })).toHaveCount(0);
  await expect(page.getByRole("link", { name: "TESTMVS", exact: true })).toBeFocused();
  for (const button of ["Close TEST", "Add stack to TESTMVS"]) {
    await page.getByRole("button", { name: button, exact: true }).focus();
    await page.keyboard.press("Delete");
  }
  await stored(page, 1);
  await expect(page.getByText("is not deleted", { exact: false })).toHaveCount(0);
});

test("systems: a tag is asked for, also below what is closed", async ({ page, server, admin }) => {
  await prepare(admin, "PROD", { ...two(), tcptest: { kind: "stack", name: "TCPTEST", image: "testmvs", tags: ["PCI scope"] } });
  await openStore(page, server, "PROD", "systems");
  const names = page.getByRole("table", { name: "Systems" }).getByRole("link");
  await page.getByRole("button", { name: "Close TEST", exact: true }).click();
  await expect(names).toHaveText(["COLINGR", "COLMVSA", "TCPIP", "TEST"]);
  await page.getByRole("searchbox", { name: "Filter systems" }).fill("tag:pci");
  await expect(names).toHaveText(["TEST", "TESTMVS", "TCPTEST"]);
  await expect(page.getByRole("button", { name: /^(Open|Close) / })).toHaveCount(0);
});

test("an image and its group are made where they are needed", async ({ page, server, admin, shot }) => {
  await prepare(admin, "PROD", two());
  await openStore(page, server, "PROD", "stack/tcpip/settings");
  const choice = (name) => page.getByRole("combobox", { name, exact: true });
  await choice("System image").fill("NEWMVS");
  await page.getByRole("option", { name: "New system image…" }).click();
  const panel = page.getByRole("dialog", { name: "New system image" });
  await expect(panel.getByRole("textbox", { name: "Name", exact: true })).toHaveValue("NEWMVS");
  await panel.getByRole("combobox", { name: "z/OS group", exact: true }).fill("PLEX2");
  await page.getByRole("option", { name: "New z/OS group…" }).click();
  const inner = page.getByRole("dialog", { name: "New z/OS group" });
  await shot("systems-new-image");
  await accessible(page);
  await inner.getByRole("button", { name: "Done" }).click();
  await panel.getByRole("button", { name: "Done" }).click();
  await expect(choice("System image")).toHaveValue("NEWMVS");
  await stored(page, 3);
});

test("who may only read is offered nothing new", async ({ page, server, admin }) => {
  await prepare(admin, "PROD", two());
  await admin.account("ben", "a horse, a battery", "PROD", "viewer");
  await openStore(page, server, "PROD", "systems", "ben", "a horse, a battery");
  const search = page.getByRole("combobox", { name: "Search and jump" });
  for (const [where, heading] of [["systems", "Systems"], ["traffic", "Traffic Descriptors"], ["stack/tcpip/rules", "TCPIP"]]) {
    await page.goto(`${server.url}/s/PROD/${where}`);
    await expect(page.getByRole("heading", { name: heading, level: 1 })).toBeVisible();
    const address = page.url();
    await page.keyboard.press("n");
    await page.keyboard.press("Control+K");
    await search.fill("new");
    await expect(page.getByRole("option", { name: /^New/ })).toHaveCount(0);
    await page.keyboard.press("Escape");
    await expect(search).toBeHidden();
    expect(page.url()).toBe(address);
  }
  await expect(page.getByRole("textbox", { name: "Name of the new z/OS group" })).toHaveCount(0);
});

test("the palette does what the page can do, and makes objects", async ({ page, server, admin, shot }) => {
  await prepare(admin, "PROD", two());
  await openStore(page, server, "PROD", "stack/tcpip/rules");
  const search = page.getByRole("combobox", { name: "Search and jump" });
  await expect(page.getByRole("button", { name: "Add rule" })).toBeVisible();
  await page.keyboard.press("Control+K");
  await expect(page.getByRole("option", { name: /^New rule/ })).toContainText("action · n");
  await accessible(page);
  await shot("palette-actions");
  await search.fill("new rule");
  await expect(page.getByRole("listbox", { name: "Found" }).getByRole("option")).toHaveCount(1);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/rule\//);
  await expect(page.getByRole("textbox", { name: "Name", exact: true })).toBeVisible();
  await page.keyboard.press("Control+K");
  await search.fill("new security level");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/levels\//);
  await page.keyboard.press("Control+K");
  await search.fill("undo");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "No such page" })).toBeVisible();
});
