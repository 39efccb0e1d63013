// Policy files from elsewhere: what is wrong in them, mending them; what codes mean; the simulator.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, expect, accessible, logIn } from "../lib/test.js";
import { ebcdic, policy } from "../lib/policy.js";
import { draft, openStore, prepare, save, stored } from "../lib/story.js";
import { secrets } from "../lib/secrets.js";

const PASSWORD = "ein-geheimer-ring";
const FILES = {
  "etc/pagent.conf": "TcpImage TCPIP /etc/pagent/tcpip.image\nTcpImage TCPIP2 //'SYS1.PARM(TCPIP2)'\n",
  "etc/pagent/tcpip.image": "TTLSConfig /etc/pagent/tcpip.policy\n",
  "etc/pagent/tcpip.policy": policy({ keyring: "/etc/k.kdb", password: PASSWORD }).replace("Direction", "Dirction"),
  "etc/pagent/other.image": "TTLSConfig /etc/pagent/tcpip.policy\n",
};

/** Writes the files below a folder of the test. */
function onDisk(info, files = FILES) {
  const root = info.outputPath("mvsa");
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const chooser = (page, name) => page.locator(`input[type=file][aria-label="${name}"]`);
const status = (page) => page.getByRole("main").locator(".desk-status");
const tree = (page) => page.getByRole("list", { name: "Files" });
const findings = (page) => page.getByRole("region", { name: "Findings" });

test("a directory is followed, its findings are mended, and the files are handed back", async ({ page, server, admin, shot }, info) => {
  secrets.words.add(PASSWORD);
  await prepare(admin, "PROD");
  await openStore(page, server, "PROD", "import");
  await expect(page).toHaveTitle(/Import · PROD – Gatehouse/);
  await expect(page.getByRole("heading", { name: "No files yet" })).toBeVisible();
  await accessible(page);
  await shot("import-empty");

  await chooser(page, "A directory").setInputFiles(onDisk(info));
  await expect(status(page)).toHaveText(/2 errors in 4 files; 2 stacks, 2 rules\./);
  await expect(tree(page).getByRole("listitem")).toHaveText([/pagent\.conf.*main file/, /tcpip\.image.*image file · TCPIP/, /tcpip\.policy.*policy · TCPIP/, /SYS1\.PARM\(TCPIP2\).*TCPIP2/, /other\.image/, /tcpip\.policy/]);
  await expect(findings(page).getByRole("link", { name: "AT002" })).toHaveAttribute("href", "/explain/AT002");
  await accessible(page);
  await shot("import-findings");

  // The data set is a file that was added.
  await page.getByLabel("The file for //'SYS1.PARM(TCPIP2)'").selectOption("mvsa/etc/pagent/other.image");
  await expect(status(page)).toHaveText(/1 error in 4 files; 2 stacks, 2 rules\./);

  // A press on the place leads to the line; the fix is one press.
  await findings(page).getByRole("button", { name: "tcpip.policy:4" }).click();
  const text = page.getByRole("textbox", { name: /^Text of .*tcpip\.policy$/ });
  await expect(text).toBeFocused();
  await findings(page).getByRole("button", { name: "Fix: write Direction" }).click();
  await expect(status(page)).toHaveText(/Nothing is wrong in 4 files/);
  await shot("import-mended");

  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download 1 changed file" }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe("tcpip.policy");
  expect(readFileSync(await file.path(), "utf8")).toBe(FILES["etc/pagent/tcpip.policy"].replace("Dirction", "Direction"));
});

test("what is pasted is checked key by key, by keyboard alone, and survives a look at another page", async ({ page, server, admin }) => {
  await prepare(admin, "PROD");
  await openStore(page, server, "PROD", "import");
  await page.getByRole("button", { name: "Paste text" }).press("Enter");
  const text = page.getByRole("textbox", { name: "Text of pasted-1" });
  await expect(text).toBeFocused();
  await page.keyboard.insertText("TTLSGroupAction G\n{\n  TTLSEnabled Perhaps\n}\n");
  await expect(findings(page).getByRole("link", { name: "AT004" })).toBeVisible();
  await page.keyboard.press("Control+Home");
  await page.keyboard.press("F8");
  await expect(page.getByRole("main").locator(".desk-here")).toContainText("AT004");
  await page.keyboard.press("End");
  for (let letter = 0; letter < "Perhaps".length; letter += 1) await page.keyboard.press("Backspace");
  await page.keyboard.type("Off");
  await expect(findings(page).getByRole("link", { name: "AT004" })).toHaveCount(0);
  await findings(page).getByRole("link", { name: "AT206" }).click();
  await expect(page).toHaveURL(/\/explain\/AT206$/);
  await page.goBack();
  await expect(text).toContainText("TTLSEnabled Off");
});

test("a new store can begin with policy files", async ({ page, server, admin }) => {
  await prepare(admin, "PROD");
  await logIn(page, server);
  await expect(page.getByRole("button", { name: /^Account / })).toBeVisible();
  await page.goto(`${server.url}/stores`);
  await page.getByRole("button", { name: "New store" }).click();
  await page.getByLabel("Begins with").selectOption("Files of the Policy Agent");
  await page.getByLabel("Name").fill("OLD");
  await page.getByRole("button", { name: "Create the store" }).click();
  await expect(page).toHaveURL(/\/s\/OLD\/import$/);
});

test("codes, attributes and words are explained", async ({ page, server, admin, shot }) => {
  await prepare(admin, "PROD");
  await openStore(page, server, "PROD");
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Search and jump" }).fill("at015");
  await page.getByRole("option", { name: /^Explain at015/ }).click();
  await expect(page).toHaveURL(/\/explain\/at015$/);
  await expect(page).toHaveTitle("Explain at015 – Gatehouse");
  await expect(page.getByRole("heading", { name: /^AT015 / })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Why it matters" })).toBeVisible();
  await expect(page.getByRole("region", { name: "Wrong" })).toContainText("IpAddrRef A");
  await expect(page.getByRole("region", { name: "Right" }).locator("mark").first()).toContainText("IpAddr A");
  await accessible(page);
  await shot("explain-code");
  const box = page.getByRole("textbox", { name: "What to explain" });
  await box.fill("HandshakeTimeout");
  await expect(page.getByText("NCA’s word").first()).toBeVisible();
  await box.fill("");
  await expect(page.getByText(/^Every finding that Gatehouse knows: \d+\.$/)).toBeVisible();
  await expect(page).toHaveURL(/\/explain$/);
  await accessible(page);
  await shot("explain-all");
  await box.fill("EZD1286I TTLS Error GRPID: 00000007 ENVID: 00000004 CONNID: 0000002F LOCAL: 10.1.1.2..1414 REMOTE: 10.1.0.2..51844 JOBNAME: CSQ9CHIN USERID: START1 RULE: MQ~1 RC: 402 Initial Handshake");
  await expect(page.getByRole("heading", { name: /^402/ })).toBeVisible();
  await expect(page.getByRole("heading", { name: /^Likely causes/ }).first()).toBeVisible();
  await expect(page).toHaveURL(/\/explain$/);
  await accessible(page);
  await shot("explain-log");
  await box.fill("HandshakeTimeuot");
  await page.getByRole("link", { name: "Explain HandshakeTimeout" }).click();
  await expect(page).toHaveURL(/\/explain\/HandshakeTimeout$/);
});

test("the simulator says which rule a connection meets, as the draft has it", async ({ page, server, admin, shot }) => {
  await prepare(admin, "PROD");
  await openStore(page, server, "PROD", "analysis");
  await expect(page).toHaveTitle(/Analysis · PROD – Gatehouse/);
  await accessible(page);
  await shot("analysis-findings");
  await page.getByRole("tab", { name: "Simulator" }).click();
  await page.getByLabel("Local end").fill("10.1.1.2:1414");
  await page.getByLabel("Remote end").fill("10.1.0.2");
  await page.getByRole("button", { name: "Find the rule" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "remote end" })).toBeVisible();
  await page.getByLabel("Remote end").fill("10.1.0.2:51844");
  await page.getByLabel("Remote end").press("Enter");
  const answer = page.getByRole("heading", { name: /^Rule .*: TLS$/ });
  await expect(answer).toBeVisible();
  await expect(page.getByRole("table", { name: "What the rule gives it" })).toContainText("HandshakeRole");
  await accessible(page);
  await shot("analysis-simulator");
  // The address names the question.
  await page.reload();
  await expect(answer).toBeVisible();
  await answer.getByRole("button").click();
  await expect(page).toHaveURL(/\/s\/PROD\/(rule|maps|traffic|stack|levels)/);
});

/** What is taken over: nothing is wrong, and both files have the paths of z/OS. */
const WHOLE = {
  "etc/pagent.conf": "TcpImage TCPIP /etc/pagent/tcpip.image\n",
  "etc/pagent/tcpip.image": "TTLSConfig /etc/pagent/tcpip.policy\n",
  "etc/pagent/tcpip.policy": policy(),
};
const region = (page) => page.getByRole("region", { name: "Take over", exact: true });
const takeOver = (page) => region(page).getByRole("button", { name: /^Take over (\d+ objects? )?into the draft$/ });
const alike = (page) => region(page).getByText("Every connection is treated as the files say.");

/** Brings files to the desk and opens the region. */
async function bring(page, files, info) {
  await chooser(page, "A directory").setInputFiles(onDisk(info, files));
  await page.getByRole("button", { name: "Take over…" }).click();
  await expect(region(page).getByRole("heading", { name: /^Take over into / })).toBeFocused();
}

/** In both looks. */
async function accessibleInBoth(page) {
  for (const colorScheme of ["dark", "light"]) {
    await page.emulateMedia({ colorScheme });
    await accessible(page);
  }
}

test("files become a stack on a new image, as one step that is taken back, done again and saved", async ({ page, server, admin, person, shot }, info) => {
  secrets.words.add(PASSWORD);
  await admin.post("/stores", { name: "PROD", description: "Production" });
  await openStore(page, server, "PROD", "import");
  await bring(page, WHOLE, info);
  // Nothing is proposed for the image: the store has none.
  await expect(region(page).getByText("Type a name for the image.")).toBeVisible();
  await expect(takeOver(page)).toBeDisabled();
  await accessibleInBoth(page);
  await shot("takeover-empty");
  const image = region(page).getByRole("textbox", { name: "System image" });
  await image.fill("MVS-A");
  await expect(region(page).getByText(/^MVS-A cannot be the name of the image/)).toBeVisible();
  await expect(image).toHaveAttribute("aria-invalid", "true");
  await image.fill("MVSA");
  await expect(alike(page)).toBeVisible();
  await expect(image).toBeFocused();
  await expect(region(page).getByRole("textbox", { name: "Stack" })).toHaveValue("TCPIP");
  await expect(region(page).getByText("A new stack on the new image MVSA.")).toBeVisible();
  // What became of it is one press away from its line.
  await region(page).getByText(/^Taken over/).click();
  await region(page).getByRole("button", { name: /^tcpip\.policy:\d+$/ }).first().click();
  await expect(page.getByRole("textbox", { name: /^Text of .*tcpip\.policy$/ })).toBeFocused();
  await region(page).getByText(/^As it would be written: policy/).click();
  await expect(region(page).getByRole("textbox", { name: /as it would be written: after/ })).toBeVisible();
  await accessibleInBoth(page);
  await shot("takeover-preview");

  await takeOver(page).click();
  await expect(region(page).getByText(/^\d+ objects are in your draft: \d+ new\./)).toBeVisible();
  await accessibleInBoth(page);
  await shot("takeover-done");
  await page.keyboard.press("Control+z");
  await expect(draft(page)).toHaveText(/No changes/);
  await expect(takeOver(page)).toBeEnabled();
  await takeOver(page).click();
  await region(page).getByRole("link", { name: "Rules of TCPIP" }).click();
  const rules = page.getByRole("table", { name: "Rules in search order" });
  await expect(rules.getByRole("row", { name: /MQ/ })).toBeVisible();
  await stored(page);
  await page.keyboard.press("Control+z");
  await expect(draft(page)).toHaveText(/No changes/);
  await page.keyboard.press("Control+Shift+z");
  await expect(rules.getByRole("row", { name: /MQ/ })).toBeVisible();
  await save(person, 2);
});

test("an edited file replaces the rules of its stack, and the own files of a store change nothing", async ({ page, server, admin, shot }, info) => {
  secrets.words.add(PASSWORD);
  await admin.post("/stores", { name: "PROD", description: "Production" });
  const sources = { files: Object.entries(WHOLE).map(([path, text]) => ({ path, text })) };
  const adopted = await admin.post("/stores/PROD/adopt", { sources, stacks: [{ stack: "TCPIP", image: "MVSA" }] });
  await admin.post("/stores/PROD/draft/edits", { words: "take over TCPIP", changes: adopted.changes });
  const { head } = await admin.get("/stores/PROD/draft");
  await admin.post("/stores/PROD/draft/save", { head, comment: "taken over" });

  await openStore(page, server, "PROD", "import");
  const own = Object.fromEntries(adopted.stacks[0].result.files.map((file) => [file.path.slice(1), file.text]));
  await bring(page, own, info);
  await expect(region(page).getByText("Nothing changes: the store says the same already.").first()).toBeVisible();
  await expect(takeOver(page)).toBeDisabled();
  await expect(region(page).getByText("Stack TCPIP on MVSA is there: its own rules are replaced by those of the files.")).toBeVisible();

  // The edit of somebody on the target.
  const text = page.getByRole("textbox", { name: /^Text of / });
  await tree(page).getByRole("button", { name: /policy/ }).last().click();
  await text.click();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(own["etc/pagent/tcpip.policy"].replace("1414", "1499"));
  await expect(takeOver(page)).toBeEnabled();
  await expect(alike(page)).toBeVisible();
  await region(page).getByText(/^Objects /).last().click();
  await accessibleInBoth(page);
  await shot("takeover-edited");
  await takeOver(page).click();
  await region(page).getByRole("link", { name: "Rules of TCPIP" }).click();
  await expect(page.getByRole("table", { name: "Rules in search order" })).toBeVisible();
  await stored(page);
  const { changes } = await admin.get("/stores/PROD/draft");
  expect(JSON.stringify(changes)).toContain("1499");
});

test("of files with errors only what can be read is taken over, and only when that is said", async ({ page, server, admin, shot }, info) => {
  secrets.words.add(PASSWORD);
  await prepare(admin, "PROD");
  await openStore(page, server, "PROD", "import");
  const second = "TTLSRule Web\n{\n  LocalPortRange 443\n  Direction Inbound\n  TTLSGroupActionRef Gone\n}\n";
  const broken = `${second}${FILES["etc/pagent/tcpip.policy"].replace("Dirction", "Direction")}`;
  await bring(page, { ...WHOLE, "etc/pagent/tcpip.policy": broken }, info);
  await expect(region(page).getByText(/^1 error in these files\./)).toBeVisible();
  await expect(takeOver(page)).toBeDisabled();
  await expect(region(page).getByText("Mend the errors first, or take over what can be read.")).toBeVisible();
  await accessibleInBoth(page);
  await shot("takeover-errors");
  await region(page).getByLabel("Take over what can be read").check();
  await expect(region(page).getByText(/^Left out/).first()).toBeVisible();
  // Without the password of its key database, the other rule is another one, too.
  await expect(region(page).getByText("KeyringPw ******** → nothing")).toBeVisible();
  await expect(region(page)).not.toContainText(PASSWORD);
  await expect(takeOver(page)).toBeEnabled();
  await accessibleInBoth(page);
  await shot("takeover-despite");
  // Another stack of the same image: the one that is there stays.
  await region(page).getByRole("combobox", { name: "Stack" }).selectOption("A new stack…");
  const name = region(page).getByRole("textbox", { name: "Name of the new stack" });
  await expect(name).toBeFocused();
  await name.fill("TCPIP2");
  await expect(region(page).getByText("A new stack on COLMVSA.")).toBeVisible();
  await takeOver(page).click();
  await expect(region(page).getByRole("link", { name: "Rules of TCPIP2" })).toBeVisible();
});

test("who may not change the store is told before", async ({ page, server, admin }, info) => {
  secrets.words.add(PASSWORD);
  await prepare(admin, "PROD");
  await admin.account("vera", "a horse, a battery", "PROD", "viewer");
  await openStore(page, server, "PROD", "import", "vera", "a horse, a battery");
  await bring(page, WHOLE, info);
  await expect(alike(page)).toBeVisible();
  await expect(region(page).getByText("You may read this store, not change it.").first()).toBeVisible();
  await expect(takeOver(page)).toBeDisabled();
});

test("who would change what somebody else edits is told before", async ({ page, server, admin, shot }, info) => {
  secrets.words.add(PASSWORD);
  await prepare(admin, "PROD");
  const ben = await admin.account("ben", "a horse, a battery", "PROD", "editor");
  const { etag, body } = await ben.get("/stores/PROD/objects/colinrn");
  await ben.post("/stores/PROD/draft/edits", { words: "describe", changes: [{ id: "colinrn", etag, body: { ...body, description: "mine" } }] });
  await openStore(page, server, "PROD", "import");
  await bring(page, WHOLE, info);
  await expect(region(page).getByText(/^ben has been editing COLINRN since /)).toBeVisible();
  await expect(takeOver(page)).toBeDisabled();
  await accessibleInBoth(page);
  await shot("takeover-held");
});

test("what became of each statement is said, by file", async ({ page, server, admin }, info) => {
  secrets.words.add(PASSWORD);
  await prepare(admin, "PROD");
  await openStore(page, server, "PROD", "import");
  const more = `${WHOLE["etc/pagent/tcpip.policy"]}TTLSGroupAction Spare\n{\n  TTLSEnabled On\n}\n`;
  await chooser(page, "A directory").setInputFiles(onDisk(info, { ...WHOLE, "etc/pagent/tcpip.policy": more }));
  const account = page.getByRole("region", { name: "Statements" });
  await expect(account.getByText("6 statements: 5 used, 1 unused.")).toBeVisible();
  await account.getByText("1 of 4 not used").click();
  await account.getByRole("button", { name: /^tcpip\.policy:\d+$/ }).click();
  await expect(page.getByRole("textbox", { name: /^Text of .*tcpip\.policy$/ })).toBeFocused();
  await accessibleInBoth(page);
});

test("two stacks of the files go to one new image, or only one of them", async ({ page, server, admin }, info) => {
  await admin.post("/stores", { name: "PROD", description: "Production" });
  await openStore(page, server, "PROD", "import");
  await bring(page, {
    ...WHOLE,
    "etc/pagent.conf": `${WHOLE["etc/pagent.conf"]}TcpImage TCPIP2 /etc/pagent/tcpip2.image\n`,
    "etc/pagent/tcpip2.image": "TTLSConfig /etc/pagent/tcpip.policy\n",
  }, info);
  const stack = (name) => region(page).getByRole("region", { name: `Stack ${name} of the files` });
  await stack("TCPIP").getByRole("textbox", { name: "System image of TCPIP" }).fill("MVSA");
  await expect(stack("TCPIP2").getByRole("textbox", { name: "System image of TCPIP2" })).toHaveValue("MVSA");
  await expect(alike(page)).toHaveCount(2);
  await expect(region(page).getByText("In conflict")).toHaveCount(0);
  await stack("TCPIP2").getByRole("checkbox").uncheck();
  await expect(alike(page)).toHaveCount(1);
  await expect(region(page).getByText("Stack TCPIP2 stays in the main file only if it is taken over, too.")).toBeVisible();
  await stack("TCPIP2").getByRole("checkbox").check();
  await expect(alike(page)).toHaveCount(2);
  await takeOver(page).click();
  await expect(region(page).getByRole("link", { name: "Rules of TCPIP2" })).toBeVisible();
  await accessibleInBoth(page);
});

test("a freeze is said before anything is pressed, and what is taken over waits in the draft", async ({ page, server, admin, shot }, info) => {
  await prepare(admin, "PROD");
  const ben = await admin.account("ben", "a horse, a battery", "PROD", "administrator");
  await ben.put("/stores/PROD/freeze", { reason: "month end" });
  await openStore(page, server, "PROD", "import");
  await bring(page, WHOLE, info);
  const frozen = region(page).getByText("ben has frozen the store: month end. What is taken over waits in your draft until it can be saved.", { exact: true });
  await expect(frozen).toBeVisible();
  await expect(alike(page)).toBeVisible();
  await accessibleInBoth(page);
  await shot("takeover-frozen");
  // Lifted and frozen again while the page is open.
  await ben.delete("/stores/PROD/freeze");
  await expect(frozen).toHaveCount(0);
  await ben.put("/stores/PROD/freeze", { reason: "month end" });
  await expect(frozen).toBeVisible();

  await takeOver(page).click();
  await expect(region(page).getByText(/^\d+ objects are in your draft/)).toBeVisible();
  await region(page).getByRole("link", { name: "Review the draft" }).click();
  await expect(page.getByRole("button", { name: /Save revision 3/ })).toHaveAttribute("aria-disabled", "true");
});

/** A store that has taken these files over, and its page Import with another port in them. */
async function edited(page, server, admin, info) {
  await admin.post("/stores", { name: "PROD", description: "Production" });
  const ben = await admin.account("ben", "a horse, a battery", "PROD", "editor");
  const into = { stacks: [{ stack: "TCPIP", image: "MVSA" }] };
  const asked = (files) => ({ sources: { files: Object.entries(files).map(([path, text]) => ({ path, text })) }, ...into });
  const took = async (client, files) => {
    const { changes } = await client.post("/stores/PROD/adopt", asked(files));
    await client.post("/stores/PROD/draft/edits", { words: "take over TCPIP", changes });
    const { head } = await client.get("/stores/PROD/draft");
    await client.post("/stores/PROD/draft/save", { head, comment: "taken over" });
  };
  await took(admin, WHOLE);
  const other = { ...WHOLE, "etc/pagent/tcpip.policy": WHOLE["etc/pagent/tcpip.policy"].replace("1414", "1499") };
  await openStore(page, server, "PROD", "import");
  await bring(page, other, info);
  await expect(alike(page)).toBeVisible();
  await expect(takeOver(page)).toBeEnabled();
  return { ben, took, other, asked };
}

test("what somebody else saves is asked about anew at once", async ({ page, server, admin }, info) => {
  const { ben, took, other } = await edited(page, server, admin, info);
  await took(ben, other);
  await expect(region(page).getByText("Nothing changes: the store says the same already.").first()).toBeVisible();
  await expect(takeOver(page)).toBeDisabled();
});

test("what was worked out before somebody else saved is refused, and worked out anew", async ({ page, server, admin, shot }, info) => {
  const { ben, other, asked } = await edited(page, server, admin, info);
  // The page does not hear of it before the press.
  const state = await page.waitForResponse(/\/stores\/PROD\/state$/);
  const body = await state.body();
  await page.route(/\/stores\/PROD\/state$/, (route) => route.fulfill({ contentType: "application/json", body }));
  const { changes } = await ben.post("/stores/PROD/adopt", asked(other));
  const { id } = changes.find((change) => change.etag);
  const { etag, body: object } = await ben.get(`/stores/PROD/objects/${id}`);
  await ben.post("/stores/PROD/draft/edits", { words: "describe", changes: [{ id, etag, body: { ...object, description: "of ben" } }] });
  const { head } = await ben.get("/stores/PROD/draft");
  await ben.post("/stores/PROD/draft/save", { head, comment: "described" });

  const anew = page.waitForRequest((request) => request.url().endsWith("/stores/PROD/adopt"));
  await takeOver(page).click();
  await expect(region(page).getByText(/^The server did not take it/)).toBeVisible();
  await expect(page.getByText("“take over TCPIP from policy files” is not stored: it changes objects that were changed elsewhere since you saw them.")).toBeVisible();
  await anew;
  await page.unrouteAll({ behavior: "wait" });
  await expect(draft(page)).toHaveText(/No changes/);
  expect((await admin.get("/stores/PROD/draft")).changes).toEqual([]);
  await expect(takeOver(page)).toBeEnabled();
  await accessibleInBoth(page);
  await shot("takeover-stale");
  await takeOver(page).click();
  await expect(region(page).getByText(/^\d+ objects? (is|are) in your draft/)).toBeVisible();
  await stored(page);
  expect(JSON.stringify((await admin.get("/stores/PROD/draft")).changes)).toContain("1499");
});

test("files in EBCDIC are read, compared, edited and taken over", async ({ page, server, admin, shot }, info) => {
  await admin.post("/stores", { name: "PROD", description: "Production" });
  await openStore(page, server, "PROD", "import");
  await bring(page, Object.fromEntries(Object.entries(WHOLE).map(([path, text]) => [path, ebcdic(text)])), info);
  await expect(status(page)).toHaveText(/^3 notes in 3 files; 1 stack, 1 rule\.$/);
  await expect(findings(page).getByRole("link", { name: "AT209" })).toHaveCount(3);
  await region(page).getByRole("textbox", { name: "System image" }).fill("MVSA");
  await expect(alike(page)).toBeVisible();
  await tree(page).getByRole("button", { name: /tcpip\.policy policy/ }).click();
  const text = page.getByRole("textbox", { name: /^Text of .*tcpip\.policy$/ });
  await expect(text).toContainText("LocalPortRange 1414");
  await expect(page.getByText("Came as bytes.", { exact: true })).toBeVisible();
  await region(page).getByText(/^As it would be written: policy/).click();
  await expect(region(page).getByRole("textbox", { name: /as it would be written: before/ })).toContainText("TTLSRule MQ~1");
  await accessibleInBoth(page);
  await shot("takeover-ebcdic");

  // The same file with other bytes, while it is open.
  const newer = WHOLE["etc/pagent/tcpip.policy"].replace("1414", "1415");
  await chooser(page, "A directory").setInputFiles(onDisk(info, { "etc/pagent/tcpip.policy": ebcdic(newer) }));
  await expect(text).toContainText("LocalPortRange 1415");

  // What is edited is text from then on.
  await text.click();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(WHOLE["etc/pagent/tcpip.policy"].replace("1414", "1499"));
  await expect(page.getByText("Came as bytes; is handed back as UTF-8 text.")).toBeVisible();
  await expect(status(page)).toHaveText(/^2 notes in 3 files/);
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download 1 changed file" }).click();
  expect(readFileSync(await (await download).path(), "utf8")).toContain("LocalPortRange 1499");
  await expect(takeOver(page)).toBeEnabled();
  await takeOver(page).click();
  await expect(region(page).getByRole("link", { name: "Rules of TCPIP" })).toBeVisible();
  await stored(page);
  expect(JSON.stringify((await admin.get("/stores/PROD/draft")).changes)).toContain("1499");
});
