import { test, expect, logIn, accessible } from "../lib/test.js";

test("the first administrator is made with the one-time link, and sees the stores", async ({ page, server, shot }) => {
  await page.goto(server.setupLink);
  await page.getByLabel("Name").fill("ana");
  await page.getByLabel("Password", { exact: true }).fill("correct horse battery");
  const again = page.getByLabel(/again|repeat/i);
  if (await again.count()) await again.fill("correct horse battery");
  await page.getByRole("button", { name: /create/i }).click();
  await expect(page).toHaveURL(/stores|login/);
  if (/login/.test(page.url())) await logIn(page, server);
  await expect(page.getByRole("heading", { name: "Stores", exact: true })).toBeVisible();
  await accessible(page);
  await shot("stores-empty");
});
