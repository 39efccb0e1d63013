// Review and save: changes in words, files, findings, conflicts, part of a draft.
import { test, expect, logIn, accessible } from "../lib/test.js";
import { edit, save, small, level, traffic, rule } from "../lib/samples.js";

const open = async (page, server, name, password) => {
  await logIn(page, server, name, password);
  await expect(page.getByRole("button", { name: /^Account / })).toBeVisible();
  await page.goto(`${server.url}/s/PROD/review`);
  await expect(page.getByRole("heading", { name: "Review and save" })).toBeVisible();
};

test("a draft is shown in words and in files, and saved", async ({ page, server, admin, shot }) => {
  await small(admin);
  await edit(admin, "PROD", {
    gold: level("MYGOLD", { suites: { list: ["1301", "1302"] } }),
    mq: traffic("MQPORTS", 1415, { certificate_label: "MQCERT" }),
    webin: null,
  });
  await open(page, server);
  await expect(page.getByText(/Cipher suite 1303 .*removed/)).toBeVisible();
  await expect(page.getByText("Row 1: local port changed from 1414 to 1415")).toBeVisible();
  await expect(page.getByRole("listitem").filter({ hasText: "WEB_IN" }).getByText("deleted")).toBeVisible();
  const files = page.getByRole("region", { name: "Files of COLMVSA.TCPIP" });
  await expect(files.getByText("Policy file")).toBeVisible();
  await expect(files.getByText("1415").first()).toBeVisible();
  await accessible(page);
  await shot("review");
  await page.getByLabel("Comment (optional)").fill("Port 1415 for MQ");
  await page.getByRole("button", { name: "Save revision 3" }).click();
  await expect(page.getByText("Revision 3 is saved.")).toBeVisible();
  await expect(page.getByRole("heading", { name: "No changes" })).toBeVisible();
  await accessible(page);
  await shot("review-saved");
  const { items } = await admin.get("/stores/PROD/revisions?limit=1");
  expect(items[0]).toMatchObject({ number: 3, comment: "Port 1415 for MQ", changes: 3 });
});

test("a part of the draft is saved, and what it needs is named", async ({ page, server, admin, shot }) => {
  await small(admin);
  await edit(admin, "PROD", {
    ftp: traffic("FTPPORT", 21),
    ftpin: rule("FTP_IN", "tcpip", "ftp", "p"),
    web: traffic("WEBPORT", 8444),
  });
  await open(page, server);
  await page.getByLabel("Save traffic descriptor FTPPORT").uncheck();
  await page.getByLabel("Save traffic descriptor WEBPORT").uncheck();
  await expect(page.getByText("What is chosen uses traffic descriptor FTPPORT, which is new and left out.")).toBeVisible();
  await expect(page.getByRole("region", { name: "New findings" })).toBeVisible();
  await accessible(page);
  await shot("review-part");
  await page.getByRole("button", { name: "Save it, too" }).click();
  await expect(page.getByText("which is new and left out")).toHaveCount(0);
  await page.getByRole("button", { name: "Save 2 of 3 as revision 3" }).click();
  await expect(page.getByText("Revision 3 is saved.")).toBeVisible();
  await expect(page.getByRole("heading", { name: "1 changed object" })).toBeVisible();
  const draft = await admin.get("/stores/PROD/draft");
  expect(draft.changes.map((change) => change.id)).toEqual(["web"]);
});

test("one change is undone, and the undo can be undone", async ({ page, server, admin }) => {
  await small(admin);
  await edit(admin, "PROD", { web: traffic("WEBPORT", 8444), webin: null });
  await open(page, server);
  await page.getByRole("button", { name: "Undo this change of connectivity rule WEB_IN" }).click();
  await expect(page.getByRole("heading", { name: "1 changed object" })).toBeVisible();
  expect((await admin.get("/stores/PROD/draft")).changes.map((change) => change.id)).toEqual(["web"]);
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  await expect(page.getByRole("heading", { name: "2 changed objects" })).toBeVisible();
});

test("who saved meanwhile is met field by field", async ({ page, server, admin, shot }) => {
  await small(admin);
  const ben = await admin.account("ben", "a horse, a battery", "PROD", "editor");
  await edit(admin, "PROD", { mq: traffic("MQPORTS", 1415, { certificate_label: "MQCERT" }), web: traffic("WEBPORT", 8444) });
  // Ben takes the objects over and saves; the draft of ana keeps its text.
  for (const id of ["mq", "web"]) await ben.post(`/stores/PROD/locks/${id}/take-over`, { reason: "change window" });
  await save(ben, "PROD", {
    mq: traffic("MQPORTS", 1416, { certificate_label: "MQCERT", jobname: "CSQ9CHIN" }),
    web: traffic("WEBPORT", 8443, { jobname: "HTTPD" }),
  }, "Ports of MQ");
  await open(page, server);
  await expect(page.getByRole("heading", { name: "Settle 1 conflict first" })).toBeVisible();
  const clash = page.getByRole("region", { name: "MQPORTS traffic descriptor" });
  await expect(clash.getByText("Row 1: local port changed from 1414 to 1415")).toBeVisible();
  await expect(clash.getByText("Row 1: local port changed from 1414 to 1416")).toBeVisible();
  await expect(page.getByText("ben changed other parts of it in revision 3. Both changes stay.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Save 1 of 2 as revision 4" })).toBeVisible();
  await accessible(page);
  await shot("review-conflict");
  const field = clash.getByRole("group", { name: /Row 1: Local port/ });
  await field.getByLabel("Another value for Row 1: Local port").fill("1417");
  await clash.getByRole("button", { name: "Settle the conflict" }).click();
  await expect(page.getByRole("heading", { name: /Settle/ })).toHaveCount(0);
  await page.getByRole("button", { name: "Save revision 4" }).click();
  await expect(page.getByText("Revision 4 is saved.")).toBeVisible();
  const { objects } = await admin.get("/stores/PROD/configuration");
  const row = (id) => objects.find((object) => object.id === id).body.rows[0];
  expect(row("mq")).toMatchObject({ local_port: "1417", jobname: "CSQ9CHIN" });
  expect(row("web")).toMatchObject({ local_port: "8444", jobname: "HTTPD" });
});

test("a change meets a deletion", async ({ page, server, admin, shot }) => {
  await small(admin);
  const ben = await admin.account("ben", "a horse, a battery", "PROD", "editor");
  await edit(admin, "PROD", { webin: rule("WEB_IN", "tcpip", "web", "h", { enabled: false }) });
  await ben.post("/stores/PROD/locks/webin/take-over", { reason: "change window" });
  await save(ben, "PROD", { webin: null });
  await open(page, server);
  const clash = page.getByRole("region", { name: "WEB_IN connectivity rule" });
  await expect(clash.getByText("Deleted it")).toBeVisible();
  await expect(page.getByText("Settle the conflicts first.", { exact: true })).toBeVisible();
  await accessible(page);
  await shot("review-deleted");
  await clash.getByRole("button", { name: "Delete it, as ben did" }).click();
  await expect(page.getByRole("heading", { name: "No changes" })).toBeVisible();
});

test("somebody took an object over: it waits, the rest is saved", async ({ page, server, admin, shot }) => {
  await small(admin);
  const ben = await admin.account("ben", "a horse, a battery", "PROD", "editor");
  await edit(admin, "PROD", { mq: traffic("MQPORTS", 1415), web: traffic("WEBPORT", 8444) });
  await ben.post("/stores/PROD/locks/mq/take-over", { reason: "change window" });
  await open(page, server);
  await expect(page.getByText(/^ben has been editing this since/)).toBeVisible();
  await expect(page.getByText("It is not saved while somebody else holds it.")).toBeVisible();
  await accessible(page);
  await shot("review-locked");
  await page.getByRole("button", { name: "Save 1 of 2 as revision 3" }).click();
  await expect(page.getByText("Revision 3 is saved.")).toBeVisible();
  await page.getByRole("button", { name: "Take over…" }).click();
  await page.getByLabel("Reason, shown to the other person").fill("agreed with ben");
  await page.getByRole("button", { name: "Take over", exact: true }).click();
  await page.getByRole("button", { name: "Save revision 4" }).click();
  await expect(page.getByText("Revision 4 is saved.")).toBeVisible();
});

test("a frozen store says who froze it, and does not save", async ({ page, server, admin, shot }) => {
  await small(admin);
  const ben = await admin.account("ben", "a horse, a battery", "PROD", "administrator");
  await ben.put("/stores/PROD/freeze", { reason: "year end" });
  await edit(admin, "PROD", { web: traffic("WEBPORT", 8444) });
  await open(page, server);
  const button = page.getByRole("button", { name: /Save revision 3/ });
  await expect(button).toHaveAttribute("aria-disabled", "true");
  await expect(page.getByText("ben has frozen this store: year end", { exact: true })).toBeVisible();
  await accessible(page);
  await shot("review-frozen");
  await button.click({ force: true });
  expect((await admin.get("/stores/PROD/revisions?limit=1")).items[0].number).toBe(2);
});

test("an editor cannot go on to installing; the keyboard saves", async ({ page, server, admin }) => {
  await small(admin);
  const ben = await admin.account("ben", "a horse, a battery", "PROD", "editor");
  await edit(ben, "PROD", { web: traffic("WEBPORT", 8444) });
  await open(page, server, "ben", "a horse, a battery");
  await expect(page.getByRole("button", { name: /Save and install…/ })).toHaveAttribute("aria-disabled", "true");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByText("Revision 3 is saved.")).toBeVisible();
});

test("saving and installing leads to the page of installs", async ({ page, server, admin }) => {
  await small(admin);
  await edit(admin, "PROD", { web: traffic("WEBPORT", 8444) });
  await open(page, server);
  await page.getByRole("button", { name: "Save and install…" }).click();
  await expect(page).toHaveURL(/\/s\/PROD\/install/);
  expect((await admin.get("/stores/PROD/revisions?limit=1")).items[0].number).toBe(3);
});
