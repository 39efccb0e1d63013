// Help with examples: at fields, and in the heads of grids.
import { test, expect, accessible } from "../lib/test.js";
import { openStore, prepare } from "../lib/story.js";

test("help with examples is at the fields and in the heads of grids, by keyboard", async ({ page, server, admin, shot }) => {
  await prepare(admin, "PROD");
  await openStore(page, server, "PROD", "traffic/colintd");
  const help = page.getByRole("button", { name: "Help for Job name" });
  await help.focus();
  await page.keyboard.press("Enter");
  const tip = page.getByText("For example CSQ1CHIN or FTPD*.");
  await expect(tip).toBeVisible();
  await accessible(page);
  await shot("help-in-a-head");
  await page.keyboard.press("Escape");
  await expect(tip).toBeHidden();
  await expect(help).toBeFocused();
  await expect(page.getByRole("textbox", { name: "Key ring", exact: true })).toHaveAccessibleDescription(/For example START1\/MQRING or \/etc\/mq\.kdb\./);
  await expect(page.getByRole("textbox", { name: "Certificate label", exact: true })).toHaveAccessibleDescription(/For example MQ PROD 2026\./);
  await page.goto(`${server.url}/s/PROD/maps/colinmap`);
  await page.getByRole("button", { name: "Help for Security level" }).click();
  await expect(page.getByText("How protected.")).toBeVisible();
});
