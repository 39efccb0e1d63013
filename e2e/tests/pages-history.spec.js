// History: list, comparison, one revision, restoring a revision and one object.
import { readFileSync } from "node:fs";
import { test, expect, logIn, accessible } from "../lib/test.js";
import { edit, save, small, level, traffic } from "../lib/samples.js";

/** Revision 3 changes a port, revision 4 deletes a rule and a suite. */
async function history(admin) {
  await small(admin);
  await save(admin, "PROD", { mq: traffic("MQPORTS", 1415, { certificate_label: "MQCERT" }) }, "Port 1415 for MQ");
  await save(admin, "PROD", { webin: null, gold: level("MYGOLD", { suites: { list: ["1301"] } }) }, "No web");
}

async function open(page, server, rest = "", name, password) {
  await logIn(page, server, name, password);
  await expect(page.getByRole("button", { name: /^Account / })).toBeVisible();
  await page.goto(`${server.url}/s/PROD/history${rest}`);
}

test("revisions are listed, filtered, and two are compared", async ({ page, server, admin, shot }) => {
  await history(admin);
  await open(page, server);
  await expect(page).toHaveTitle("History · PROD – Gatehouse");
  const table = page.getByRole("table", { name: "Revisions" });
  await expect(table.getByRole("row", { name: /Port 1415 for MQ/ })).toBeVisible();
  await expect(table.getByRole("row").nth(1)).toContainText("No web");
  await accessible(page);
  await shot("history");
  await page.getByRole("searchbox", { name: "Filter revisions" }).fill("1415");
  await expect(page.getByText("1 of 4")).toBeVisible();
  await page.getByRole("searchbox", { name: "Filter revisions" }).fill("nothing like it");
  await expect(page.getByText("The filter “nothing like it” hides all of them.")).toBeVisible();
  await page.getByRole("button", { name: "Clear the filter" }).click();
  await table.getByRole("row", { name: /First rules/ }).getByRole("checkbox").check();
  await table.getByRole("row", { name: /No web/ }).getByRole("checkbox").check();
  await page.getByRole("button", { name: "Compare 2 and 4" }).click();
  await expect(page).toHaveURL(/history\?from=2&to=4$/);
  await expect(page.getByRole("heading", { name: "Revision 2 to 4" })).toBeVisible();
  await expect(page.getByText("Row 1: local port changed from 1414 to 1415")).toBeVisible();
  await expect(page.getByText("3 objects differ")).toBeVisible();
  await expect(page.getByRole("region", { name: "Files of COLMVSA.TCPIP" }).getByText("1415").first()).toBeVisible();
  await accessible(page);
  await shot("history-compare");
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "CSV" }).click()]);
  expect(file.suggestedFilename()).toBe("PROD-changes-2-4.csv");
  expect(readFileSync(await file.path(), "utf8")).toContain("MQPORTS: row 1: local port changed from 1414 to 1415");
  await page.getByRole("button", { name: "The other way round" }).click();
  await expect(page).toHaveURL(/from=4&to=2$/);
  await expect(page.getByText("Row 1: local port changed from 1415 to 1414")).toBeVisible();
  await page.goBack();
  await expect(page.getByText("Row 1: local port changed from 1414 to 1415")).toBeVisible();
});

test("a revision is read: its objects and its files", async ({ page, server, admin, shot }) => {
  await history(admin);
  await open(page, server, "?revision=2");
  await expect(page.getByRole("heading", { name: "Revision 2", exact: true })).toBeVisible();
  await expect(page.getByText("First rules")).toBeVisible();
  const table = page.getByRole("table", { name: "Objects of revision 2" });
  await expect(table.getByRole("row", { name: /WEB_IN/ })).toBeVisible();
  await accessible(page);
  await shot("history-revision");
  await page.getByRole("searchbox", { name: "Filter objects" }).fill("mqports");
  await table.getByRole("row", { name: /MQPORTS/ }).first().click();
  const dialog = page.getByRole("dialog");
  await page.getByRole("searchbox", { name: "Filter objects" }).fill("traffic mqports");
  await expect(dialog.or(table).first()).toBeVisible();
  await page.keyboard.press("Escape");
  await page.getByRole("tab", { name: "Files" }).click();
  await expect(page).toHaveURL(/tab=files/);
  await expect(page.getByText("1414").first()).toBeVisible();
  await accessible(page);
  await shot("history-revision-files");
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export from here on" }).click();
  expect((await download).suggestedFilename()).toContain("PROD");
});

test("a revision is restored after its effect was shown", async ({ page, server, admin, shot }) => {
  await history(admin);
  await edit(admin, "PROD", { gold: level("MYGOLD", { suites: { list: ["1302"] } }) });
  await open(page, server);
  await page.getByRole("button", { name: "Actions for revision 2" }).click();
  await page.getByRole("menuitem", { name: "Restore it…" }).click();
  await expect(page.getByRole("heading", { name: "Restore revision 2" })).toBeVisible();
  await expect(page.getByText("3 objects would change")).toBeVisible();
  await expect(page.getByText("Row 1: local port changed from 1415 to 1414")).toBeVisible();
  await expect(page.getByText("Your draft changes 1 object of these.")).toBeVisible();
  await accessible(page);
  await shot("history-restore");
  await page.getByLabel("Comment (optional)").fill("Back to the first rules");
  await page.getByRole("button", { name: "Restore revision 2 as revision 5" }).click();
  await expect(page.getByText("Revision 5 is saved.")).toBeVisible();
  const { items } = await admin.get("/stores/PROD/revisions?limit=1");
  expect(items[0]).toMatchObject({ number: 5, restored_from: 2, comment: "Back to the first rules" });
  await page.getByRole("status").getByRole("link", { name: "History" }).click();
  await expect(page.getByText("Content of revision 2.")).toBeVisible();
});

test("one object of a revision is restored", async ({ page, server, admin, shot }) => {
  await history(admin);
  await open(page, server, "?from=2&to=4");
  await page.getByRole("link", { name: "Restore that of 2… (MQPORTS)" }).click();
  await expect(page.getByRole("heading", { name: "Restore traffic descriptor MQPORTS of revision 2" })).toBeVisible();
  await expect(page.getByText("1 object would change")).toBeVisible();
  await shot("history-restore-object");
  await page.getByRole("button", { name: "Restore it as revision 5" }).click();
  await expect(page.getByText("Revision 5 is saved.")).toBeVisible();
  const { objects } = await admin.get("/stores/PROD/configuration");
  expect(objects.find((object) => object.id === "mq").body.rows[0].local_port).toBe("1414");
  expect(objects.some((object) => object.id === "webin")).toBe(false);
});

test("a revision that is not there, and numbers that are none", async ({ page, server, admin, shot }) => {
  await small(admin);
  await open(page, server, "?revision=99");
  await expect(page.getByRole("heading", { name: "The revision cannot be read" })).toBeVisible();
  await shot("history-missing");
  await page.goto(`${server.url}/s/PROD/history?from=1&to=2`);
  await page.getByLabel("To revision").fill("12");
  await page.getByRole("button", { name: "Compare", exact: true }).click();
  await expect(page.getByRole("alert")).toHaveText("Revisions go from 1 to 2.");
});

test("a viewer compares and does not restore", async ({ page, server, admin }) => {
  await history(admin);
  await admin.account("vera", "a horse, a battery", "PROD", "viewer");
  await open(page, server, "?restore=2", "vera", "a horse, a battery");
  await expect(page.getByRole("button", { name: /Restore revision 2 as revision 5/ })).toHaveAttribute("aria-disabled", "true");
  await expect(page.getByRole("form", { name: "Restore" }).getByText("You may read this store, not change it.").first()).toBeVisible();
});

test.describe("hundreds of revisions", () => {
  // One user makes them all within seconds.
  test.use({ serverOptions: { args: ["--max-writes-per-minute", "100000"] } });

  test("a long history is read where it is looked at", async ({ page, server, admin, shot }) => {
    test.setTimeout(240_000);
    await small(admin);
    for (let n = 0; n < 450; n += 1) {
      await edit(admin, "PROD", { mq: traffic("MQPORTS", 2000 + n) });
      await admin.post("/stores/PROD/draft/save", { comment: `Step ${n}`, head: n + 2 });
    }
    const asked = [];
    page.on("request", (request) => { if (request.url().includes("/revisions?")) asked.push(new URL(request.url()).search); });
    await open(page, server);
    const table = page.getByRole("table", { name: "Revisions" });
    await expect(table.getByRole("row", { name: /Step 449/ })).toBeVisible();
    expect(asked.length).toBeLessThanOrEqual(2);
    expect(await table.getByRole("row").count()).toBeLessThan(60);
    await table.getByRole("row", { name: /Step 449/ }).focus();
    await page.keyboard.press("End");
    await expect(table.getByRole("row", { name: /First rules/ })).toBeVisible();
    await page.getByRole("searchbox", { name: "Filter revisions" }).fill("step 137");
    await expect(page.getByText("2 of 452")).toBeVisible();
    await shot("history-long");
  });
});
