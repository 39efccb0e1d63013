// My account: password, sessions, tokens; and the change that a first password asks for.
import { test, expect, logIn, accessible } from "../lib/test.js";
import { Client } from "../lib/server.js";

test("a first password must be changed before anything else", async ({ page, server, admin, shot }) => {
  const { password } = await admin.post("/accounts", { name: "ben", password: admin.password });
  await logIn(page, server, "ben", password);
  await expect(page.getByRole("heading", { name: "Choose a password" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Stores" })).toHaveCount(0);
  await accessible(page);
  await shot("account-first-password");
  await page.getByLabel("Password that you were given").fill(password);
  await page.getByLabel("New password", { exact: true }).fill("short");
  await page.getByLabel("New password again").fill("short");
  await page.getByRole("button", { name: "Change the password" }).click();
  await expect(page.getByRole("alert")).toContainText("at least 8 characters");
  await page.getByLabel("New password", { exact: true }).fill("a horse, a battery");
  await page.getByLabel("New password again").fill("a horse, a battery");
  await page.getByRole("button", { name: "Change the password" }).click();
  await expect(page.getByRole("heading", { name: "Choose a password" })).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole("heading", { name: "Choose a password" })).toHaveCount(0);
  await new Client(server.url).logIn("ben", "a horse, a battery");
});

test("the password is changed, and the other sessions end", async ({ page, server, admin, shot }) => {
  await logIn(page, server);
  await expect(page.getByRole("button", { name: "Account ana" })).toBeVisible();
  await page.getByRole("button", { name: "Account ana" }).click();
  await page.getByRole("menuitem", { name: "My account" }).click();
  await expect(page.getByRole("heading", { name: "My account" })).toBeVisible();
  await expect(page).toHaveTitle("My account – Gatehouse");
  const sessions = page.getByRole("table", { name: "Sessions" });
  await expect(sessions.getByRole("row")).toHaveCount(3);
  await accessible(page);
  await shot("account");
  await page.getByLabel("Current password").fill("wrong");
  await page.getByLabel("New password", { exact: true }).fill("a horse, a battery");
  await page.getByLabel("New password again").fill("a horse, a battery");
  await page.getByRole("button", { name: "Change the password" }).click();
  await expect(page.getByRole("alert")).toContainText("The old password is wrong");
  await page.getByLabel("Current password").fill("correct horse battery");
  await page.getByRole("button", { name: "Change the password" }).click();
  await expect(page.getByText("The password is changed.")).toBeVisible();
  await expect(admin.get("/session")).rejects.toThrow("401");
  await new Client(server.url).logIn("ana", "a horse, a battery");
});

test("another session is ended, and one's own everywhere", async ({ page, server, admin }) => {
  await logIn(page, server);
  await expect(page.getByRole("button", { name: "Account ana" })).toBeVisible();
  await page.goto(`${server.url}/account`);
  await page.getByRole("button", { name: /^End session from/ }).click();
  await expect(page.getByRole("table", { name: "Sessions" }).getByRole("row")).toHaveCount(2);
  await expect(admin.get("/session")).rejects.toThrow("401");
  await page.getByRole("button", { name: "Log out everywhere" }).click();
  await expect(page.getByRole("button", { name: "Log in" })).toBeVisible();
});

test("a token is made, shown once, used and ended", async ({ page, server, admin, shot }) => {
  await logIn(page, server);
  await expect(page.getByRole("button", { name: "Account ana" })).toBeVisible();
  await page.goto(`${server.url}/account`);
  await expect(page.getByText("No tokens.")).toBeVisible();
  await page.getByRole("button", { name: "New token" }).click();
  const dialog = page.getByRole("dialog", { name: "New token" });
  await dialog.getByLabel("Label").fill("nightly export");
  await dialog.getByLabel("May at most").selectOption("viewer");
  await dialog.getByLabel("Lasts for days").fill("400");
  const own = dialog.getByLabel("Your password");
  await expect(own).toHaveAttribute("type", "password");
  await expect(own).toHaveAttribute("autocomplete", "current-password");
  await own.fill("wrong horse");
  await dialog.getByRole("button", { name: "Make the token" }).click();
  await expect(dialog.getByRole("alert")).toHaveText("A token lasts for 1 to 365 days.");
  await dialog.getByLabel("Lasts for days").fill("30");
  await accessible(page);
  await dialog.getByRole("button", { name: "Make the token" }).click();
  await expect(dialog.getByText("This is not your password.")).toBeVisible();
  await expect(own).toHaveAttribute("aria-invalid", "true");
  await accessible(page);
  await shot("account-token-wrong-password");
  await own.fill("correct horse battery");
  await expect(dialog.getByText("This is not your password.")).toHaveCount(0);
  await dialog.getByRole("button", { name: "Make the token" }).click();
  const secret = await page.getByRole("group", { name: "Token nightly export" }).locator("code").textContent();
  await accessible(page);
  await shot("account-token");
  const asked = (token) => fetch(`${server.url}/api/v1/session`, { headers: { authorization: `Bearer ${token}` } });
  expect((await asked(secret)).status).toBe(200);
  await page.reload();
  await expect(page.getByText(secret)).toHaveCount(0);
  await page.getByRole("button", { name: "End… token nightly export" }).click();
  await expect(page.getByText("Scripts with it stop working.")).toBeVisible();
  await page.getByRole("button", { name: "End the token", exact: true }).click();
  await expect(page.getByText("No tokens.")).toBeVisible();
  expect((await asked(secret)).status).toBe(401);
});
