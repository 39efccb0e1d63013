// Story 5: two people in one store: each with objects of their own, then both with the same one,
// then a freeze. Nobody loses a character.
import { test, expect, watch, Person } from "../../lib/test.js";
import { openStore, stored, draft, save, prepare } from "../../lib/story.js";

const WORDS = "Channels of QM1 and QM2, asked for by the payments team";

/** Ana in the test's page, Ben in a browser of his own. */
async function two({ browser, page, server, admin, person }) {
  await prepare(admin, "PROD");
  await admin.account("ben", "a horse, a battery", "PROD", "editor");
  const context = await browser.newContext();
  const other = await context.newPage();
  const errors = watch(other);
  await openStore(page, server, "PROD", "rule/colinrn");
  await openStore(other, server, "PROD", "addresses/colinag", "ben", "a horse, a battery");
  const done = async () => {
    expect(errors, "errors in Ben's page").toEqual([]);
    await context.close();
  };
  const body = async (id) => (await admin.get("/stores/PROD/configuration")).objects.find((object) => object.id === id).body;
  return { ana: person, ben: new Person(other), body, done };
}

const field = (person, name) => person.page.getByRole("textbox", { name, exact: true });
const picker = (person, name) => person.page.getByRole("combobox", { name, exact: true });
const button = (person, name) => person.page.getByRole("button", { name, exact: true });
const storeMenu = (person) => person.page.getByRole("button", { name: /^Store PROD/ });

test("each edits objects of their own, and saves while the other one types", async ({ browser, page, server, admin, person, shot }) => {
  test.slow();
  const { ana, ben, body, done } = await two({ browser, page, server, admin, person });
  await ana.fill(field(ana, "Description"), "For the payments team");
  await stored(ana.page, 1);
  // Ben is in the middle of a line when Ana saves.
  ben.actions += 1;
  await field(ben, "Description").click();
  await field(ben, "Description").pressSequentially(WORDS.slice(0, 20));
  await expect(ben.page.getByText("ana is editing")).toBeVisible();
  await save(ana, 3);
  await expect(storeMenu(ben)).toContainText("revision 3");
  await ben.page.keyboard.type(WORDS.slice(20));
  await expect(field(ben, "Description")).toHaveValue(WORDS);
  await ben.click(button(ben, "Add address"));
  await ben.fill(field(ben, "Address 3"), "10.1.1.4");
  await stored(ben.page, 1);
  await ben.page.screenshot({ path: "shots/story5-ben.png" });
  await save(ben, 4);
  expect((await body("colinrn")).description).toBe("For the payments team");
  expect(await body("colinag")).toMatchObject({ description: WORDS, addresses: ["10.1.1.2", "10.1.1.3", "10.1.1.4"] });
  ana.done("Ana, an object of her own");
  ben.done("Ben, an object of his own");
  await done();
});

test("both edit one object: the lock is shown, taken over with a reason, and merged by field", async ({ browser, page, server, admin, person, shot }) => {
  test.slow();
  const { ana, ben, body, done } = await two({ browser, page, server, admin, person });
  const level = `${server.url}/s/PROD/levels/colinsl`;
  await ana.page.goto(level);
  await ana.fill(field(ana, "Description"), WORDS);
  await stored(ana.page, 1);

  await ben.page.goto(level);
  await expect(ben.page.getByText(/^ana has been editing this since \d\d:\d\d:\d\d, last active just now\.$/)).toBeVisible();
  await expect(field(ben, "Description")).not.toBeEditable();
  await ben.page.screenshot({ path: "shots/story5-locked.png" });
  await ben.click(button(ben, "Take over…"));
  const dialog = ben.page.getByRole("dialog", { name: "Take over" });
  await ben.fill(dialog.getByRole("textbox"), "The change window ends at six");
  await ben.page.screenshot({ path: "shots/story5-take-over.png" });
  await ben.click(dialog.getByRole("button", { name: "Take over" }));
  await expect(dialog).toBeHidden();
  await ben.choose(picker(ben, "Use client authentication"), "Full: checked if the client shows one");
  await stored(ben.page, 1);

  await expect(ana.page.getByText(/^ben has been editing this since/)).toBeVisible();
  await expect(field(ana, "Description")).toHaveValue(WORDS);
  await shot("story5-lost-lock");
  await save(ben, 3);
  await expect(storeMenu(ana)).toContainText("revision 3");
  await expect(ana.page.getByText(/^ben has been editing this since/)).toBeHidden();
  await expect(field(ana, "Description")).toHaveValue(WORDS);
  await save(ana, 4, async () => {
    await expect(ana.page.getByText("ben changed other parts of it in revision 3. Both changes stay.")).toBeVisible();
    await shot("story5-merged");
  });
  expect(await body("colinsl")).toMatchObject({ description: WORDS, client_authentication: "full" });
  ana.done("Ana, the same object");
  ben.done("Ben, the same object, taken over");
  await done();
});

test("a frozen store can be edited by others and saved by one", async ({ browser, page, server, admin, person, shot }) => {
  test.slow();
  const { ana, ben, body, done } = await two({ browser, page, server, admin, person });
  await ana.click(ana.page.getByRole("navigation", { name: "Pages of the store" }).getByRole("link", { name: "Settings" }));
  await ana.fill(field(ana, "Reason"), "IPL of COLMVSA");
  await ana.click(button(ana, "Freeze the store"));
  await expect(button(ana, "Lift the freeze")).toBeVisible();
  await shot("story5-frozen");

  await expect(ben.page.getByText("ana has frozen this store:", { exact: true })).toBeVisible();
  await expect(ben.page.getByText("IPL of COLMVSA", { exact: true })).toBeVisible();
  await ben.fill(field(ben, "Description"), WORDS);
  await stored(ben.page, 1);
  await ben.click(ben.page.getByRole("link", { name: "Review and save" }));
  const saving = ben.page.getByRole("button", { name: /^Save revision 3/ });
  await expect(saving).toHaveAttribute("aria-disabled", "true");
  await ben.page.screenshot({ path: "shots/story5-frozen-review.png" });

  await ana.click(button(ana, "Lift the freeze"));
  await expect(ben.page.getByText("ana has frozen this store:", { exact: true })).toBeHidden();
  await expect(saving).not.toHaveAttribute("aria-disabled", "true");
  await ben.click(saving);
  await expect.poll(async () => (await body("colinag")).description).toBe(WORDS);
  await expect(draft(ben.page)).toHaveText("No changes");
  ana.done("Ana, freeze and lift");
  ben.done("Ben, a draft through the freeze");
  await done();
});
