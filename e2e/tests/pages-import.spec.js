// Policy files from elsewhere: what is wrong in them, mending them; what codes mean; the simulator.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, expect, accessible, logIn } from "../lib/test.js";
import { openStore, prepare } from "../lib/story.js";
import { secrets } from "../lib/secrets.js";

const PASSWORD = "ein-geheimer-ring";
const FILES = {
  "etc/pagent.conf": "TcpImage TCPIP /etc/pagent/tcpip.image\nTcpImage TCPIP2 //'SYS1.PARM(TCPIP2)'\n",
  "etc/pagent/tcpip.image": "TTLSConfig /etc/pagent/tcpip.policy\n",
  "etc/pagent/tcpip.policy": `TTLSRule MQ~1
{
  LocalPortRange 1414
  Dirction Inbound
  TTLSGroupActionRef On
  TTLSEnvironmentActionRef Server
}
TTLSGroupAction On
{
  TTLSEnabled On
}
TTLSEnvironmentAction Server
{
  HandshakeRole Server
  TTLSKeyringParms
  {
    Keyring /etc/k.kdb
    KeyringPw ${PASSWORD}
  }
  TTLSEnvironmentAdvancedParms
  {
    TLSv1 Off
    TLSv1.1 Off
    TLSv1.2 On
  }
}
`,
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
