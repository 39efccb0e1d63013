// Accounts, for administrators of the server.
import { test, expect, logIn, accessible } from "../lib/test.js";
import { Client } from "../lib/server.js";

async function open(page, server, name, password) {
  await logIn(page, server, name, password);
  await expect(page.getByRole("button", { name: /^Account / })).toBeVisible();
  await page.goto(`${server.url}/accounts`);
  await expect(page.getByRole("heading", { name: "Accounts" })).toBeVisible();
}

test("an account is made, given a new password, shut out and let in", async ({ page, server, admin, shot }) => {
  await open(page, server);
  await page.getByRole("button", { name: "New account" }).click();
  const dialog = page.getByRole("dialog", { name: "New account" });
  await dialog.getByLabel("Name").fill("ana");
  await dialog.getByLabel("Your password").fill("wrong horse");
  await dialog.getByRole("button", { name: "Make the account" }).click();
  await expect(dialog.getByText("This is not your password.")).toBeVisible();
  await shot("accounts-wrong-password");
  await dialog.getByLabel("Your password").fill("correct horse battery");
  await dialog.getByRole("button", { name: "Make the account" }).click();
  await expect(dialog.getByRole("alert")).toContainText("already");
  await dialog.getByLabel("Name").fill("ben");
  await accessible(page);
  await dialog.getByRole("button", { name: "Make the account" }).click();
  const shown = page.getByRole("group", { name: "First password of ben" });
  const first = await shown.locator("code").textContent();
  await accessible(page);
  await shot("accounts");
  await new Client(server.url).logIn("ben", first);
  const row = page.getByRole("row", { name: /ben/ });
  await expect(row).toBeVisible();

  await row.getByRole("button", { name: "Actions for ben" }).click();
  await page.getByRole("menuitem", { name: "Set a new password…" }).click();
  await expect(page.getByRole("dialog")).toContainText("The sessions and tokens of ben end at once.");
  await page.getByLabel("Your password").fill("correct horse battery");
  await shot("accounts-new-password");
  await page.getByRole("button", { name: "Set a new password", exact: true }).click();
  await expect(shown.locator("code")).not.toHaveText(first);
  const second = await shown.locator("code").textContent();
  await expect(new Client(server.url).logIn("ben", first)).rejects.toThrow("401");

  await row.getByRole("button", { name: "Actions for ben" }).click();
  await page.getByRole("menuitem", { name: "Shut out" }).click();
  await expect(row.getByText("shut out")).toBeVisible();
  await expect(new Client(server.url).logIn("ben", second)).rejects.toThrow("401");
  await row.getByRole("button", { name: "Actions for ben" }).click();
  await page.getByRole("menuitem", { name: "Let in again" }).click();
  await expect(row.getByText("shut out")).toHaveCount(0);
  await new Client(server.url).logIn("ben", second);
});

test("the last administrator keeps the rights, and the page says why", async ({ page, server, admin }) => {
  await open(page, server);
  await page.getByRole("button", { name: "Actions for ana" }).click();
  await page.getByRole("menuitem", { name: "Take the administrator's rights…" }).click();
  await page.getByLabel("Your password").fill("correct horse battery");
  await page.getByRole("button", { name: "Take the rights" }).click();
  await expect(page.getByRole("alert")).toContainText("last administrator");
});

test("somebody without the rights is told where the own account is", async ({ page, server, admin, shot }) => {
  await admin.account("ben", "a horse, a battery");
  await open(page, server, "ben", "a horse, a battery");
  await expect(page.getByRole("heading", { name: "For administrators" })).toBeVisible();
  await accessible(page);
  await shot("accounts-not-allowed");
  await page.getByRole("button", { name: "Account ben" }).click();
  await expect(page.getByRole("menuitem", { name: "Accounts" })).toHaveCount(0);
});

test("a filter that hides all says so", async ({ page, server, admin }) => {
  await open(page, server);
  await page.getByRole("searchbox", { name: "Filter accounts" }).fill("zzz");
  await expect(page.getByText("The filter “zzz” hides all of them.")).toBeVisible();
  await page.getByRole("button", { name: "Clear the filter" }).click();
  await expect(page.getByRole("row", { name: /ana/ })).toBeVisible();
});
