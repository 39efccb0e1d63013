// How the server is: the page of its administrators, and what every open store says of trouble.
import { test, expect, accessible, logIn } from "../lib/test.js";
import { openStore, prepare } from "../lib/story.js";

test("an administrator checks everything that is stored", async ({ page, server, admin }) => {
  await prepare(admin, "PROD");
  await openStore(page, server, "PROD");
  await page.getByRole("button", { name: /^Account / }).click();
  await page.getByRole("menuitem", { name: "Server" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Server" })).toBeVisible();
  await expect(page.getByText("Runs, reads and writes")).toBeVisible();
  const checked = page.waitForResponse((answer) => answer.url().endsWith("/verification") && answer.request().method() === "POST");
  await page.getByRole("button", { name: "Check now" }).click();
  expect((await checked).status()).toBe(200);
  await expect(page.getByText("All is as it was written.")).toBeVisible();
  await expect(page.getByText(/^\d+ objects, 0 installed files, \d+ lines of the audit$/)).toBeVisible();
  await accessible(page);
  await page.screenshot({ path: "shots/server.png" });
});

test("damage and a disk that cannot be written are said where people work", async ({ page, server, admin }) => {
  await prepare(admin, "PROD");
  let trouble;
  await page.route("**/state", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...await answer.json(), server: trouble } });
  });
  const words = "store PROD, object colintd, revision 2: the text does not fit its hash";
  await page.route("**/verification", async (route) => {
    const answer = await route.fetch();
    if (!answer.ok()) return route.fulfill({ response: answer });
    await route.fulfill({ response: answer, json: { ...await answer.json(), damage: [words] } });
  });
  trouble = "not-writing";
  await openStore(page, server, "PROD");
  await expect(page.getByText("The server cannot write to its disk.")).toBeVisible();
  trouble = "damaged";
  await page.reload();
  await expect(page.getByText("Something that is stored is not as it was written.")).toBeVisible();
  await accessible(page);
  await page.screenshot({ path: "shots/band-damaged.png" });
  await page.getByRole("link", { name: "See what it is" }).click();
  await page.getByRole("button", { name: "Check now" }).click();
  await expect(page.getByRole("list", { name: "Damage" }).getByRole("listitem")).toHaveText([words]);
  await page.unrouteAll({ behavior: "wait" });
});

test("others are told where their own page is", async ({ page, server, admin }) => {
  await prepare(admin, "PROD");
  await admin.account("ben", "correct horse battery", "PROD", "editor");
  await logIn(page, server, "ben");
  await expect(page.getByRole("button", { name: /^Account / })).toBeVisible();
  await page.goto(`${server.url}/server`);
  await expect(page.getByRole("heading", { name: "For administrators" })).toBeVisible();
});
