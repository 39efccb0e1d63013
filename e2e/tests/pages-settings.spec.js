// Members and settings of a store.
import { test, expect, logIn, accessible } from "../lib/test.js";
import { small } from "../lib/samples.js";

async function open(page, server, rest = "", name, password) {
  await logIn(page, server, name, password);
  await expect(page.getByRole("button", { name: /^Account / })).toBeVisible();
  await page.goto(`${server.url}/s/PROD/settings${rest}`);
  await expect(page.getByRole("heading", { name: "Members and settings" })).toBeVisible();
}

test("members are added, given a role and removed", async ({ page, server, admin, shot }) => {
  await small(admin);
  await admin.account("ben", "a horse, a battery");
  await open(page, server);
  const add = page.getByRole("form", { name: "Add a member" });
  await add.getByLabel("Account").fill("nobody");
  await add.getByRole("button", { name: "Add the member" }).click();
  await expect(page.getByRole("alert")).toContainText("There is no account `nobody`.");
  await add.getByLabel("Account").fill("ben");
  await add.getByLabel("Role").selectOption("viewer");
  await add.getByRole("button", { name: "Add the member" }).click();
  await expect(page.getByText("ben is viewer now.")).toBeVisible();
  await page.getByLabel("Role of ben").selectOption("installer");
  await expect(page.getByText("ben is installer now.")).toBeVisible();
  expect(await admin.get("/stores/PROD/members")).toContainEqual({ name: "ben", role: "installer" });
  await accessible(page);
  await shot("settings");
  await page.getByRole("button", { name: "Remove ben" }).click();
  await expect(page.getByText("ben is no member any more.")).toBeVisible();
  expect((await admin.get("/stores/PROD/members")).some((member) => member.name === "ben")).toBe(false);
});

test("the store is described and renamed", async ({ page, server, admin }) => {
  await small(admin);
  await open(page, server);
  await page.getByLabel("Description").fill("Sysplex in Boeblingen");
  await page.getByRole("button", { name: "Change name and description" }).click();
  await expect(page.getByText("The description is changed.")).toBeVisible();
  await page.getByLabel("Name", { exact: true }).fill("PROD2");
  await page.getByRole("button", { name: "Change name and description" }).click();
  await expect(page).toHaveURL(/\/s\/PROD2\/settings$/);
  expect((await admin.get("/stores/PROD2")).description).toBe("Sysplex in Boeblingen");
});

test("the store is frozen with a reason and lifted again", async ({ page, server, admin, shot }) => {
  await small(admin);
  await open(page, server);
  await page.getByRole("button", { name: "Freeze the store" }).click();
  await expect(page.getByRole("alert")).toContainText("Give a reason");
  await page.getByLabel("Reason").fill("year end");
  await page.getByLabel("Until (optional)").fill("2026-12-31T06:00");
  await page.getByRole("button", { name: "Freeze the store" }).click();
  await expect(page.getByRole("button", { name: "Lift the freeze" })).toBeVisible();
  await expect(page.getByText("ana has frozen this store:")).toBeVisible();
  await accessible(page);
  await shot("settings-frozen");
  await page.getByRole("button", { name: "Lift the freeze" }).click();
  await expect(page.getByRole("button", { name: "Freeze the store" })).toBeVisible();
});

test("the store is archived, taken out, archived and deleted", async ({ page, server, admin, shot }) => {
  await small(admin);
  await open(page, server);
  await page.getByRole("button", { name: "Archive the store" }).click();
  await page.getByRole("button", { name: "Take it out of the archive" }).click();
  await page.getByRole("button", { name: "Archive the store" }).click();
  const button = page.getByRole("button", { name: /Delete the store for good/ });
  await expect(button).toHaveAttribute("aria-disabled", "true");
  await accessible(page);
  await shot("settings-archived");
  await page.getByLabel("Name of the store, to delete it").fill("PROD");
  await page.getByRole("button", { name: "Delete the store for good" }).click();
  await expect(page.getByRole("heading", { name: "Stores", exact: true })).toBeVisible();
  expect(await admin.get("/stores")).toEqual([]);
});

test("the audit says who did what", async ({ page, server, admin, shot }) => {
  await small(admin);
  await open(page, server, "?tab=audit");
  const table = page.getByRole("table", { name: "Audit" });
  await expect(table.getByText("saved revision 2")).toBeVisible();
  await table.getByText(/^line /).first().click();
  await accessible(page);
  await shot("settings-audit");
});

test("a viewer sees the members and changes nothing", async ({ page, server, admin, shot }) => {
  await small(admin);
  await admin.account("vera", "a horse, a battery", "PROD", "viewer");
  await open(page, server, "", "vera", "a horse, a battery");
  await expect(page.getByText("Only administrators of this store change this.").first()).toBeVisible();
  await expect(page.getByRole("form", { name: "Add a member" })).toHaveCount(0);
  await expect(page.getByLabel("Role of vera")).toBeDisabled();
  await expect(page.getByRole("button", { name: /Archive the store/ })).toHaveAttribute("aria-disabled", "true");
  await accessible(page);
  await shot("settings-viewer");
});
