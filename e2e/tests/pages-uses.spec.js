// Who uses an object, another one in its place, and rules that many stacks share.
import { test, expect, accessible } from "../lib/test.js";
import { mq, openStore, prepare, preview, stored } from "../lib/story.js";

const text = (page, name) => page.getByRole("textbox", { name, exact: true });
const choice = (page, name) => page.getByRole("combobox", { name, exact: true });

test("a level that is used is replaced by another one and deleted", async ({ page, server, admin, shot }) => {
  await prepare(admin, "PROD");
  await openStore(page, server, "PROD", "levels/colinsl");
  await expect(page.getByRole("heading", { name: "Used by 1 rule on 1 stack" })).toBeVisible();
  await expect(page.getByText("Through them:")).toBeVisible();
  await expect(page.getByRole("link", { name: "connectivity rule COLINRN" })).toBeVisible();
  const replace = page.getByRole("button", { name: "Replace and delete" });
  await expect(replace).toHaveAttribute("aria-disabled", "true");
  await choice(page, "Used instead").fill("Gold");
  await page.locator(".picker-option:visible", { hasText: "AT-TLS__Gold" }).first().click();
  await accessible(page);
  await shot("uses-replace");
  await replace.click();
  await expect(page).toHaveURL(/\/levels$/);
  await expect(page.getByRole("link", { name: "COLINSL" })).toHaveCount(0);
  await expect.poll(() => preview(page)).toContain("AT-TLS__Gold");
  await stored(page, 2);
  await page.getByRole("button", { name: /^Undo/ }).click();
  await expect(page.getByRole("link", { name: "COLINSL" })).toBeVisible();
});

test("a rule of an image counts on all its stacks", async ({ page, server, admin, shot }) => {
  const objects = mq();
  await prepare(admin, "PROD", { ...objects, tcpipb: { kind: "stack", name: "TCPIPB", image: "colmvsa" } });
  await openStore(page, server, "PROD", "rule/colinrn");
  await choice(page, "Belongs to").fill("COLMVSA");
  await page.getByRole("option", { name: /all stacks of the system image/ }).click();
  await expect(page.getByText("It counts on 2 stacks, behind the rules of their own.")).toBeVisible();
  await accessible(page);
  await shot("uses-owner");
  await page.goto(`${server.url}/s/PROD/stack/tcpipb/rules`);
  await expect(page.getByRole("table", { name: "Rules in search order" }).getByText("from COLMVSA")).toBeVisible();
  await page.goto(`${server.url}/s/PROD/image/colmvsa`);
  await expect(page.getByRole("link", { name: "COLINRN" })).toBeVisible();
  await page.getByRole("button", { name: "Add rule" }).click();
  await expect(text(page, "Name")).toBeFocused();
  await expect(choice(page, "Belongs to")).toHaveValue("COLMVSA");
});

test("the files of a stack are kept as files", async ({ page, server, admin, shot }) => {
  await prepare(admin, "PROD");
  await openStore(page, server, "PROD", "stack/tcpip/files");
  const file = page.getByRole("region", { name: "Policy file" });
  const [saved] = await Promise.all([page.waitForEvent("download"), file.getByRole("button", { name: "Download" }).click()]);
  expect(saved.suggestedFilename()).toBe("pagent.TCPIP.ttls");
  await accessible(page);
  await shot("uses-files");
  await page.getByRole("link", { name: "Set-up" }).last().click();
  await expect(page).toHaveURL(/\/setup\/tcpip$/);
});

test("lists are filtered by what an object uses and by a port", async ({ page, server, admin }) => {
  await prepare(admin, "PROD");
  await openStore(page, server, "PROD", "maps");
  const table = page.getByRole("table");
  const filter = page.getByRole("searchbox").first();
  await filter.fill("uses:colinsl");
  await expect(table.getByRole("link", { name: "COLINMAP" })).toBeVisible();
  await filter.fill("uses:other");
  await expect(table.getByRole("link", { name: "COLINMAP" })).toHaveCount(0);
  await page.goto(`${server.url}/s/PROD/traffic`);
  await filter.fill("port:1415");
  await expect(table.getByRole("link", { name: "COLINTD" })).toBeVisible();
  await expect(table.getByRole("link", { name: "TN3270-Server" })).toHaveCount(0);
  await page.goto(`${server.url}/s/PROD/overview`);
  await filter.fill("port:1416");
  await expect(page.getByText("The filter “port:1416” hides", { exact: false })).toBeVisible();
});

test("an address that is none is kept where it was typed", async ({ page, server, admin }) => {
  await prepare(admin, "PROD");
  await openStore(page, server, "PROD", "rule/colinrn");
  const local = choice(page, "Local data endpoint");
  await local.fill("10.1.1.300");
  await page.keyboard.press("Tab");
  await expect(local).toHaveValue("10.1.1.300");
  await expect(page.getByText("10.1.1.300 is no address", { exact: false }).first()).toBeVisible();
  await local.fill("${ADDRESS}");
  await page.keyboard.press("Tab");
  await expect(local).toHaveValue("${ADDRESS}");
});
