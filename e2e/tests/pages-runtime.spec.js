// The page Runtime: engines that run, what passes through them, and orders to them.
import { readFileSync } from "node:fs";
import { expect, logIn, accessible } from "../lib/test.js";
import { IDLE, partner, serving, test } from "../lib/engine.js";
import { small } from "../lib/samples.js";

/** Logs in and opens the page; `query` says what of it. */
async function open(page, server, query = "") {
  await logIn(page, server);
  await expect(page.getByRole("button", { name: "Account ana" })).toBeVisible();
  await page.goto(`${server.url}/s/PROD/runtime${query}`);
  await expect(page.getByRole("heading", { level: 1, name: "Runtime" })).toBeVisible();
}

const tab = (page, name) => page.getByRole("tab", { name, exact: true });
const row = (page, table, text) => page.getByRole("table", { name: table, exact: true }).getByRole("row").filter({ hasText: text });

test("a connection appears with its rule and suite, and a panel tells the rest", async ({ page, server, admin, engines, shot }) => {
  await small(admin);
  const port = await engines.start("main", { rule: "MQ_IN" });
  const client = await partner(port, { maxVersion: "TLSv1.2" });
  await logIn(page, server);
  await expect(page.getByRole("button", { name: "Account ana" })).toBeVisible();
  await page.goto(`${server.url}/s/PROD/overview`);
  await page.getByRole("navigation", { name: "Pages of the store" }).getByRole("link", { name: "Runtime" }).click();
  await expect(page.getByRole("heading", { level: 2, name: /main running/ })).toBeVisible();
  await expect(page.getByText("2 rules", { exact: false }).first()).toBeVisible();
  const line = row(page, "Connections", "WEBJOB");
  await expect(line).toContainText("TLSv1.2 TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
  await expect(line).toContainText("localhost");
  await expect(line.getByRole("link", { name: "MQ_IN" })).toHaveAttribute("href", "/s/PROD/rule/mqin");
  await accessible(page);
  await shot("runtime-connections");
  await line.getByRole("button").first().click();
  const panel = page.getByRole("dialog", { name: /^Connection [0-9A-F]{8}$/ });
  await expect(panel.getByText("CN=localhost", { exact: false }).first()).toBeVisible();
  await expect(panel.getByText("inbound: the partner opened it")).toBeVisible();
  // What counts for it, with the file and line that say so.
  const said = panel.getByRole("table", { name: "What the policy says" }).getByRole("row").filter({ hasText: "Keyring" });
  await expect(said).toContainText("WEB/RING");
  await expect(said).toContainText(/environment action Serve, .*main\.policy:\d+/);
  await accessible(page);
  await shot("runtime-connection");
  // It is in the address: a reload shows it again.
  await page.reload();
  await expect(panel.getByText("CN=localhost", { exact: false }).first()).toBeVisible();
  client.destroy();
  await expect(panel.getByText("It has ended", { exact: false })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(panel).toHaveCount(0);
  await expect(page.getByText("No connection is open.")).toBeVisible();
});

test("connections are found by port, rule and words", async ({ page, server, admin, engines }) => {
  await small(admin);
  const port = await engines.start();
  const clients = [await partner(port), await partner(port, { maxVersion: "TLSv1.2" })];
  await open(page, server);
  const connections = page.getByRole("table", { name: "Connections" }).locator("tbody tr.row");
  await expect(connections).toHaveCount(2);
  const filter = page.getByLabel("Filter connections");
  await filter.fill(`port:${port} tlsv1.2`);
  await expect(connections).toHaveCount(1);
  expect(new URL(page.url()).searchParams.get("filter")).toBe(`port:${port} tlsv1.2`);
  await filter.fill("rule:Idle");
  await expect(page.getByText("No connection fits rule:Idle.")).toBeVisible();
  await filter.fill("port:many");
  await expect(page.getByRole("alert")).toContainText("A port is a number");
  await filter.fill("");
  await expect(connections).toHaveCount(2);
  for (const client of clients) client.destroy();
});

test("rules count, and those that nothing met are found", async ({ page, server, admin, engines, shot }) => {
  await small(admin);
  const port = await engines.start();
  for (let times = 0; times < 3; times += 1) (await partner(port)).destroy();
  await open(page, server, "?show=rules");
  await expect(tab(page, "Rules")).toHaveAttribute("aria-selected", "true");
  const web = row(page, "Rules", "Web");
  await expect(web.getByRole("cell").nth(3)).toHaveText("3");
  await expect(web.getByRole("cell").nth(7)).toHaveText("3");
  await expect(page.getByText("2 rules, 1 never used")).toBeVisible();
  await accessible(page);
  await shot("runtime-rules");
  await page.getByLabel("Never used").check();
  await expect(row(page, "Rules", "Idle")).toContainText("never used");
  await expect(web).toHaveCount(0);
});

test("a trace of a rule is begun in two actions, writes to the log, and is ended", async ({ page, server, admin, engines, person, shot }) => {
  await small(admin);
  const port = await engines.start();
  await open(page, server, "?show=rules");
  await expect(row(page, "Rules", "Web")).toBeVisible();
  await person.click(page.getByRole("button", { name: "Trace rule Web" }));
  await expect(page.getByLabel("Rule TTLSRule")).toHaveValue("Web");
  await person.click(page.getByRole("button", { name: "Start trace" }));
  person.done("trace a rule", 2);
  const going = row(page, "Traces", "rule Web");
  await expect(going).toContainText(/[89]m \d+s/);
  await accessible(page);
  await shot("runtime-trace");
  await page.getByRole("button", { name: "Show log of trace 1" }).click();
  await expect(page.getByText("The log is followed from now on", { exact: false })).toBeVisible();
  const log = page.getByRole("log");
  await expect.poll(async () => { (await partner(port)).destroy(); return log.innerText(); }).toContain("EZD1282I");
  await expect(log.getByRole("link", { name: "EZD1281I" }).first()).toHaveAttribute("href", "/explain/EZD1281I");
  await accessible(page);
  await shot("runtime-log");
  await tab(page, "Trace").click();
  // What both sides said is told in words, also when the trace is over.
  const read = page.getByRole("button", { name: "Read trace 1" });
  await read.click();
  const said = page.getByRole("log", { name: "What both sides said" });
  await expect(said).toContainText("ClientHello");
  await expect(said).toContainText("partner → engine");
  const hello = said.getByText("ClientHello").first();
  await hello.click();
  await expect(said.getByText("localhost", { exact: false }).first()).toBeVisible();
  await accessible(page);
  await shot("runtime-records");
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Packets (pcapng)" }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe("trace-1.pcapng");
  expect([...readFileSync(await file.path()).subarray(0, 4)]).toEqual([0x0a, 0x0d, 0x0d, 0x0a]);
  await page.getByRole("button", { name: "End trace 1" }).click();
  await expect(page.getByText("Trace 1 is ended.", { exact: false })).toBeVisible();
  await expect(row(page, "Traces", "rule Web")).toContainText("over");
  await expect(read).toBeVisible();
  const audit = await admin.get("/audit");
  const noted = audit.items.map((entry) => entry.what);
  expect(noted).toContain("began a trace at the engine main for 600 s");
  expect(noted).toContain("took the packets of trace 1 from the engine main, without secrets");
  expect(noted).toContain("ended trace 1 at the engine main");
});

test("what programs say is kept where the rule allows it, for a reason", async ({ page, server, admin, engines, shot }) => {
  await small(admin);
  const port = await engines.start();
  await open(page, server, "?show=trace");
  const rule = page.getByLabel("Rule TTLSRule");
  const begin = async () => {
    await rule.fill("Web");
    if (!(await page.getByLabel("Keep it, because").isVisible())) await page.getByText("What programs say", { exact: true }).click();
    await page.getByLabel("Keep it, because").fill("INC0042: what the partner sends");
    await page.getByRole("button", { name: "Start trace" }).click();
  };
  await begin();
  await expect(page.getByText("No rule that is meant says", { exact: false })).toBeVisible();
  await accessible(page);
  await shot("runtime-clear-text");
  engines.write(serving(port).replace("TTLSEnabled On", "TTLSEnabled On\n  CtraceClearText On"));
  await page.getByRole("button", { name: "Refresh", exact: true }).click();
  await expect(page.getByText("Loaded at", { exact: false })).toBeVisible();
  await page.getByLabel("For", { exact: true }).selectOption("86400");
  await begin();
  await expect(page.getByText("A trace that keeps what programs say ends within an hour.")).toBeVisible();
  await page.getByLabel("For", { exact: true }).selectOption("600");
  await begin();
  await expect(row(page, "Traces", "rule Web")).toContainText("what programs say, because: INC0042: what the partner sends");
  (await partner(port)).destroy();
  await expect(page.getByRole("log", { name: "What both sides said" })).toContainText("ClientHello");
  await accessible(page);
  await shot("runtime-clear-text-kept");
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Packets with the secrets of what programs say" }).click();
  expect(readFileSync(await (await download).path(), "latin1")).toContain("CLIENT_TRAFFIC_SECRET_0");
  const { items } = await admin.get("/audit");
  const began = items.find((entry) => entry.what === "began a trace at the engine main for 600 s");
  expect(began.details["keeps what programs say, because"]).toBe("INC0042: what the partner sends");
  const took = items.find((entry) => entry.what === "took the packets of trace 1 from the engine main, with the secrets of what programs say");
  expect(took.details["kept because"]).toBe("INC0042: what the partner sends");
});

test("a failed handshake has a card that says what happened and what to change", async ({ page, server, admin, engines, shot }) => {
  await small(admin);
  const port = await engines.start("main", { rule: "MQ_IN" });
  await open(page, server, "?show=failures");
  await expect(page.getByText("Nothing failed, as far as the engine keeps it.")).toBeVisible();
  await expect(partner(port, { maxVersion: "TLSv1.2", ciphers: "ECDHE-ECDSA-AES256-GCM-SHA384" })).rejects.toThrow();
  const card = page.getByRole("article");
  await expect(card).toHaveCount(1);
  await expect(card.getByRole("link", { name: "RC 402" })).toHaveAttribute("href", "/explain/402");
  await expect(card).toContainText("sent by this side");
  await expect(card.getByRole("heading", { name: /^What helps/ })).toBeVisible();
  await expect(card.getByRole("link", { name: "V3CipherSuites" }).first()).toHaveAttribute("href", "/explain/V3CipherSuites");
  await expect(card.getByRole("link", { name: "MQ_IN" })).toHaveAttribute("href", "/s/PROD/rule/mqin");
  await expect(card.getByRole("link", { name: "MYGOLD" })).toHaveAttribute("href", "/s/PROD/security-level/gold");
  await accessible(page);
  await shot("runtime-failures");
  await page.getByLabel("Filter failed handshakes").fill("rc 402");
  await expect(card).toHaveCount(1);
  await page.getByLabel("Filter failed handshakes").fill("rule:Idle");
  await expect(page.getByText("No failure fits rule:Idle.")).toBeVisible();
  await page.getByLabel("Filter failed handshakes").fill("");
  await card.getByRole("button", { name: "Trace rule MQ_IN" }).click();
  await expect(page.getByLabel("Rule TTLSRule")).toHaveValue("MQ_IN");
});

test("a trace of nothing is refused before it is asked for, and of a port that is none, too", async ({ page, server, admin, engines }) => {
  await small(admin);
  await engines.start();
  await open(page, server, "?show=trace");
  const start = page.getByRole("button", { name: "Start trace" });
  await start.click();
  await expect(page.getByRole("alert")).toContainText("Say which connections");
  await page.getByLabel("Port local or remote").fill("70000");
  await start.click();
  await expect(page.getByRole("alert")).toContainText("A port is a number up to 65535.");
  await expect(page.getByText("No trace goes on.")).toBeVisible();
});

test("a wrong policy changes nothing and is told; a right one is loaded", async ({ page, server, admin, engines, shot }) => {
  await small(admin);
  const port = await engines.start();
  await open(page, server);
  const update = page.getByRole("button", { name: "Update" });
  await update.click();
  await expect(page.getByText("Nothing changed since it was loaded: 2 rules.")).toBeVisible();
  engines.write(serving(port).replace("LocalPortRange", "LocalPortRnge"));
  await update.click();
  await expect(page.getByText("The policy from before stays in effect: 2 rules.", { exact: false })).toBeVisible();
  await expect(page.getByRole("list", { name: "Remarks" })).toContainText("LocalPortRnge");
  await accessible(page);
  await shot("runtime-kept");
  (await partner(port)).destroy();
  engines.write(serving(port, { rule: "Renamed" }));
  await page.getByRole("button", { name: "Refresh" }).click();
  await expect(page.getByText("1 rule, which new connections meet.", { exact: false })).toBeVisible();
  await tab(page, "Rules").click();
  await expect(row(page, "Rules", "Renamed")).toBeVisible();
});

test("without an engine the page says how to start one", async ({ page, server, admin, engines, shot }) => {
  await small(admin);
  await open(page, server);
  await expect(page.getByRole("heading", { name: "No engine has a control socket here" })).toBeVisible();
  await expect(page.getByText(`--control ${engines.sockets}/main.sock`, { exact: false })).toBeVisible();
  await accessible(page);
  await shot("runtime-none");
});

test("an engine that does not answer is told beside one that does", async ({ page, server, admin, engines, shot }) => {
  await small(admin);
  await engines.paper("broken", () => ({ answer: "nonsense" }));
  await engines.start();
  await open(page, server);
  const table = page.getByRole("table", { name: "Engines" });
  await expect(table.getByRole("row").filter({ hasText: "broken" })).toContainText("does not answer");
  await expect(page.getByRole("heading", { level: 2, name: /main running/ })).toBeVisible();
  await table.getByRole("button", { name: "broken" }).click();
  await expect(page.getByText("Bring both to the same version", { exact: false })).toBeVisible();
  await accessible(page);
  await shot("runtime-silent");
});

test("who is no administrator of the server is told so", async ({ page, server, admin, engines }) => {
  await small(admin);
  await engines.start();
  await admin.account("ben", "another horse battery", "PROD", "installer");
  await logIn(page, server, "ben", "another horse battery");
  await expect(page.getByRole("button", { name: "Account ben" })).toBeVisible();
  await page.goto(`${server.url}/s/PROD/runtime`);
  await expect(page.getByRole("heading", { name: "Engines are for administrators of the server" })).toBeVisible();
  await accessible(page);
  // The page knows it beforehand: nothing was refused that the audit would have to note.
  await page.goto(`${server.url}/s/PROD/overview`);
  await expect(page.getByRole("heading", { name: "Protected ports" })).toBeVisible();
  const audit = await admin.get("/audit");
  expect(audit.items.filter((entry) => entry.action === "refused")).toEqual([]);
});

test("an engine that reads what was installed says of which stack, and when it has loaded something else", async ({ page, server, admin, engines, shot }) => {
  await small(admin);
  await admin.put("/stores/PROD/targets/tcpip", { stack: "tcpip", root: server.root });
  const request = { revision: 2, stacks: ["tcpip"] };
  const plan = await admin.post("/stores/PROD/installs/preview", request);
  const [{ files }] = await admin.post("/stores/PROD/installs", { ...request, plan_hash: plan.plan_hash, comment: "" });
  let loaded = files.map(({ path, sha256 }) => ({ path, sha256 }));
  const paper = crowd(3);
  const trial = { number: 1, state: "running", until: Math.floor(Date.now() / 1000) + 300, left: 300, why: "" };
  let more = {};
  await engines.paper("main", (ask) => (ask.ask === "status" ? { ...paper(ask), config: files[0].path, files: loaded, ...more } : paper(ask)));
  await engines.paper("another", paper);
  await open(page, server);
  await expect(page.getByRole("table", { name: "Engines" }).getByRole("row").nth(1)).toContainText("main");
  await expect(page.getByRole("link", { name: "COLMVSA.TCPIP", exact: true })).toHaveAttribute("href", "/s/PROD/stack/tcpip/rules");
  const other = page.getByText("is not what revision 2 installed", { exact: false });
  await expect(other).toHaveCount(0);
  loaded = loaded.map((file) => ({ ...file, sha256: "0".repeat(64) }));
  more = { trial };
  await expect(other).toBeVisible();
  await expect(page.getByText("Its policy is on trial until", { exact: false })).toBeVisible();
  await accessible(page);
  await shot("runtime-differs");
  more = { trial: { ...trial, state: "back", why: "nobody confirmed it" } };
  await expect(page.getByText("the engine went back to the policy from before: nobody confirmed it", { exact: false })).toBeVisible();
});

/** What an engine of paper says of very many connections. */
function crowd(number) {
  const counts = { since: 1_800_000_000, connections: 12, open: 0, handshakes: 0, resumed: 0, failed: 0, bytes_in: 0, bytes_out: 0, last: 1_800_000_100 };
  const connections = Array.from({ length: number }, (_, at) => ({
    id: at + 1, inbound: at % 3 !== 0, local: `10.1.1.2:${1414 + (at % 4)}`, remote: `10.${1 + (at % 200)}.${at % 250}.9:${40000 + (at % 20000)}`, job: `CSQ9CHIN`, user: "mquser", rule: at % 7 ? "MQ_IN~1" : null,
    actions: ["gAct1", "eAct1~MQ", "cAct1"], phase: at % 97 ? "open" : "handshake",
    tls: at % 7 && at % 97 ? { version: "TLSv1.3", suite: "TLS_AES_256_GCM_SHA384", group: "x25519", server_name: "mq.example.com", resumed: at % 2 === 0, own: null, partner: null, user: null } : null,
    bytes_in: at * 1000, bytes_out: at * 777, age: number - at,
  }));
  return ({ ask }) => ({
    status: { answer: "status", version: "0.1.0", library: "OpenSSL 3.5.0", stack: "TCPIP", rules: 120, started: 1_800_000_000, loaded: 1_800_000_050, open: number, most: 20_000, fail_closed: true, ending: false, ways: ["inet gatehouse-main"], unmapped: counts },
    connections: { answer: "connections", connections },
    rules: { answer: "rules", rules: Array.from({ length: 120 }, (_, at) => ({ name: `RULE_${at}`, protects: true, ...counts, connections: at % 3, last: at % 3 ? 1_800_000_100 : null })) },
  }[ask] ?? { answer: "traces", traces: [] });
}

test("thousands of connections are drawn as far as they are seen, and what is left out is said", async ({ page, server, admin, engines, shot }) => {
  await small(admin);
  await engines.paper("main", crowd(5000));
  await open(page, server);
  await expect(page.getByText("2000 of 5000 connections: the newest 2000 were looked at")).toBeVisible();
  const drawn = page.getByRole("table", { name: "Connections" }).locator("tbody tr.row");
  expect(await drawn.count()).toBeLessThan(60);
  await expect(drawn.first()).toContainText("00001388");
  await shot("runtime-5000");
  // Arrows lead on through all of them, and the focus stays while the list is asked for again.
  await drawn.first().getByRole("button").first().focus();
  for (let times = 0; times < 30; times += 1) await page.keyboard.press("ArrowDown");
  await expect(page.locator(":focus")).toHaveText("0000136A");
  await page.getByLabel("Ask again").selectOption("2");
  await page.getByRole("button", { name: "0000136A", exact: true }).focus();
  const asked = page.waitForResponse((answer) => answer.url().includes("/connections?"));
  await asked;
  await expect(page.locator(":focus")).toHaveText("0000136A");
  await page.setViewportSize({ width: 1920, height: 1080 });
  await shot("runtime-5000-1920");
  await page.evaluate(() => { document.documentElement.dataset.theme = "dark"; });
  await shot("runtime-5000-dark");
  await accessible(page);
});

test("key rings tell what ends soon and how it is replaced, here and on the overview", async ({ page, server, admin, engines, shot }) => {
  await small(admin);
  await engines.start("main", { days: 5 });
  engines.keyring("create", "START1/RING");
  engines.keyring("generate", "START1/RING", "--label", "OTHER", "--host", "mq.example.com", "--self-signed", "--key", "rsa2048");
  await open(page, server);
  await expect(page.getByText("WEB/RING SERVER ends in", { exact: false })).toBeVisible();
  await page.getByRole("link", { name: "Key rings of this machine" }).click();
  await expect(tab(page, "Key rings")).toHaveAttribute("aria-selected", "true");
  const web = page.getByRole("region", { name: "Key ring WEB/RING" });
  await expect(web.getByRole("table", { name: "Certificates of WEB/RING" })).toContainText("EC P-256");
  await expect(web.getByText("gatehouse keyring generate WEB/RING --label SERVER", { exact: false })).toContainText("--self-signed --replace");
  // What the store's rules want of the ring: they name a label that it does not have.
  const start = page.getByRole("region", { name: "Key ring START1/RING" });
  await expect(start.getByRole("list", { name: "What is wrong with START1/RING" })).toContainText("MQCERT");
  await accessible(page);
  await shot("runtime-rings");
  await page.getByLabel("Filter key rings").fill("mq.example");
  await expect(web).toHaveCount(0);
  await expect(start).toBeVisible();
  await page.goto(`${server.url}/s/PROD/overview`);
  await expect(page.getByRole("region", { name: "Certificates that end soon" })).toContainText("WEB/RING SERVER ends in");
  await accessible(page);
  await shot("runtime-overview");
});

test("rings and labels of this machine are offered where the store has a target here", async ({ page, server, admin, engines }) => {
  await small(admin);
  await engines.start();
  engines.keyring("create", "START1/RING");
  engines.keyring("generate", "START1/RING", "--label", "MQCERT", "--host", "mq.example.com", "--self-signed");
  await logIn(page, server);
  await expect(page.getByRole("button", { name: "Account ana" })).toBeVisible();
  const offered = (field) => field.evaluate((input) => [...input.list?.options ?? []].map((option) => option.value));
  const ring = page.locator('input[data-field="keyring"]');
  await page.goto(`${server.url}/s/PROD/image/sys`);
  const targets = page.waitForResponse((answer) => answer.url().endsWith("/targets"));
  await ring.focus();
  await targets;
  expect(await offered(ring)).toEqual([]);
  await admin.put("/stores/PROD/targets/tcpip", { stack: "tcpip", root: server.root });
  await page.reload();
  await ring.focus();
  await expect.poll(() => offered(ring)).toEqual(["START1/RING", "WEB/RING"]);
  await accessible(page);
  await page.goto(`${server.url}/s/PROD/traffic/mq`);
  await page.getByText("Key ring", { exact: true }).first().click();
  const label = page.locator('input[data-field="rows/0/certificate_label"]');
  await label.focus();
  await expect.poll(() => offered(label)).toEqual(["MQCERT", "SERVER"]);
});
