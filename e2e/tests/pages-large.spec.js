// A stack of 5,000 rules: the list draws what is in sight, and nothing waits for the rest.
import { test, expect, accessible } from "../lib/test.js";
import { manyRules, openStore, prepare, preview, stored } from "../lib/story.js";

const RULES = 5000;

test("5,000 rules are listed, filtered, sorted, edited and moved", async ({ page, server, admin, shot }) => {
  test.slow();
  await prepare(admin, "PROD", manyRules(RULES));
  await openStore(page, server, "PROD", "stack/tcpip/rules");
  const list = page.getByRole("table", { name: "Rules in search order" });
  const drawn = () => list.locator("tr[data-row]").count();
  await expect(page.getByText(`${RULES} of ${RULES}`)).toBeVisible();
  await expect(list).toHaveAttribute("aria-rowcount", String(RULES + 1));
  expect(await drawn()).toBeLessThan(60);
  await expect.poll(async () => (await preview(page)).includes("RULE4999")).toBe(true);
  await accessible(page);
  await shot("large-rules");

  await list.getByRole("row", { name: /RULE0000/ }).focus();
  await page.keyboard.press("End");
  await expect(list.getByRole("row", { name: /RULE4999/ })).toBeFocused();
  expect(await drawn()).toBeLessThan(60);
  await shot("large-rules-end");

  await page.getByRole("searchbox", { name: "Filter rules" }).fill("port:5555");
  await expect(page.getByText(`1 of ${RULES}`)).toBeVisible();
  await list.getByRole("row", { name: /RULE4531/ }).getByRole("link", { name: "RULE4531" }).click();
  const name = page.getByRole("textbox", { name: "Name", exact: true });
  await name.fill("CHANGED");
  await expect.poll(async () => (await preview(page)).includes("CHANGED")).toBe(true);
  await stored(page, 1);
  await shot("large-rule");

  await page.goto(`${server.url}/s/PROD/overview`);
  await expect(page.getByText(`${RULES} of ${RULES}`)).toBeVisible();
  await shot("large-overview");
  await page.goto(`${server.url}/s/PROD/review`);
  await expect(page.getByRole("heading", { name: "Review and save", level: 1 })).toBeVisible();
  await expect(page.getByRole("button", { name: "Save revision 3" })).toBeEnabled();
  await shot("large-review");
});
