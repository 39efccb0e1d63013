// Findings where the text is: below the file, on the lines of the tab, and why they matter.
import { test, expect, accessible } from "../lib/test.js";
import { openStore, prepare } from "../lib/story.js";

test("a finding of the shown file leads to its field, and says why it matters", async ({ page, server, admin, shot }) => {
  await prepare(admin, "PROD");
  await openStore(page, server, "PROD", "addresses/colinag");
  const address = page.getByRole("textbox", { name: "Address 1", exact: true });
  await address.fill("10.1.1.2/16");
  const below = page.getByRole("complementary", { name: "Policy text" }).getByRole("list", { name: "Findings of this file" });
  await page.goto(`${server.url}/s/PROD/levels/colinsl`);
  await page.getByRole("switch", { name: /SSL V3/ }).or(page.getByRole("checkbox", { name: /SSL V3/ })).first().check();
  await expect(below.getByRole("button").first()).toBeVisible();
  await accessible(page);
  await shot("findings-file");
  const why = page.getByRole("main").locator("details.why").first();
  await why.locator("summary").click();
  await expect(why.locator("p")).toBeVisible();
  await accessible(page);
  await shot("findings-why");
  await page.goto(`${server.url}/s/PROD/traffic`);
  await below.getByRole("button").first().click();
  await expect(page).toHaveURL(/\/levels\/colinsl/);
});
