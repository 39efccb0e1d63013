// Story 6: the server is killed while a draft is open and a lock is held.
import { test, expect, watch, Person } from "../../lib/test.js";
import { openStore, stored, draft, save, prepare } from "../../lib/story.js";

const field = (page, name) => page.getByRole("textbox", { name, exact: true });
const gone = (page) => page.getByText("The server does not answer.");

test("kill -9, and the same user goes on in another browser", async ({ browser, page, server, admin, person, shot }) => {
  test.slow();
  await prepare(admin, "PROD");
  await admin.account("ben", "a horse, a battery", "PROD", "editor");
  const context = await browser.newContext();
  const first = await context.newPage();
  const errors = watch(first);
  await openStore(first, server, "PROD", "levels/colinsl");
  await field(first, "Description").fill("For the payments team");
  await first.getByRole("switch", { name: "Use TLS V1.1" }).click();
  await stored(first, 1);
  await server.kill();
  await field(first, "Description").fill("For the payments team and the archive");
  await expect(gone(first)).toBeVisible();
  await first.screenshot({ path: "shots/story6-gone.png" });
  expect(errors, "errors in the first browser").toEqual([]);
  await context.close();

  await server.start();
  await openStore(page, server, "PROD", "levels/colinsl");
  await expect(draft(page)).toHaveText(/^Draft: 1 change/);
  await expect(field(page, "Description")).toHaveValue("For the payments team");
  await expect(page.getByRole("switch", { name: "Use TLS V1.1" })).toBeChecked();
  // The lock is still hers: nobody is in the way, and Ben is told who has it.
  await expect(page.getByText(/has been editing this since/)).toHaveCount(0);
  const { locks } = await admin.get("/stores/PROD/state");
  expect(locks.map(({ object, holder }) => [object, holder])).toEqual([["colinsl", "ana"]]);
  await shot("story6-again");
  await person.click(page.getByRole("switch", { name: "Use TLS V1.1" }));
  await person.fill(field(page, "Description"), "For the payments team, after the night");
  await stored(page, 1);
  await save(person, 3);
  const level = (await admin.get("/stores/PROD/configuration")).objects.find((object) => object.id === "colinsl").body;
  expect(level.description).toBe("For the payments team, after the night");
  person.done("On in another browser, to the saved revision");
});

test("a page that stays open sends what was typed meanwhile", async ({ page, server, admin, shot }) => {
  test.slow();
  await prepare(admin, "PROD");
  await openStore(page, server, "PROD", "levels/colinsl");
  await field(page, "Description").fill("For the payments team");
  await stored(page, 1);
  await server.kill();
  await field(page, "Description").press("End");
  await page.keyboard.type(", typed in the dark");
  await expect(gone(page)).toBeVisible();
  await expect(field(page, "Description")).toHaveValue("For the payments team, typed in the dark");
  await shot("story6-in-the-dark");
  await server.start();
  await expect(gone(page)).toBeHidden();
  await stored(page, 1);
  const { changes } = await admin.get("/stores/PROD/draft");
  expect(changes.map((change) => change.body.description)).toEqual(["For the payments team, typed in the dark"]);
  await expect(field(page, "Description")).toHaveValue("For the payments team, typed in the dark");
});
