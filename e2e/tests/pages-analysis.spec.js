// What a store's policies do to connections: partners that get through or not, what changes between two
// states, and whether it is what is expected.
import { test, expect, accessible } from "../lib/test.js";
import { policy } from "../lib/policy.js";
import { change, manyRules, mq, openStore, prepare, stored } from "../lib/story.js";

const SIZES = [[1280, 800], [1920, 1080]];
const QUESTION = "stack tcpip · inbound · local 10.1.1.2:1414 · remote 10.1.0.2:51844";
const simulator = (server, line) => `${server.url}/s/PROD/analysis?tab=simulator&connection=${encodeURIComponent(line)}`;

/** A ClientHello of TLS 1.2 with these suites and no extension, as a hex dump. */
function hello(...suites) {
  const body = ["0303", "07".repeat(32), "00", (suites.length * 2).toString(16).padStart(4, "0"), ...suites, "0100"].join("");
  const length = body.length / 2;
  return ["160301", (length + 4).toString(16).padStart(4, "0"), "01", length.toString(16).padStart(6, "0"), body].join("");
}

/** Looks at the page in both themes and widths, in pictures, and for axe. */
async function looks(page, name) {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await accessible(page);
    for (const [width, height] of SIZES) {
      await page.setViewportSize({ width, height });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(wide, `${name}: wider than the window`).toBeLessThanOrEqual(0);
      await page.screenshot({ path: `shots/${name}-${colorScheme}-${width}.png` });
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 1280, height: 800 });
}

test("partners get through, or are told what to change", async ({ page, server, admin }) => {
  test.slow();
  await prepare(admin, "PROD", { ...mq(), colinsl: { kind: "security-level", name: "COLINSL", versions: { tls12: true }, suites: { list: ["009D"] } } });
  await openStore(page, server, "PROD", "analysis");
  await page.goto(simulator(server, QUESTION));
  await expect(page.getByRole("heading", { name: /^Rule .*: TLS$/ })).toBeVisible();
  const partners = page.getByRole("region", { name: "Partners", exact: true });
  await expect(partners.getByRole("status")).toHaveText(/^\d+ of \d+ get through/);
  const rows = partners.getByRole("table", { name: "Partners" }).getByRole("row");
  expect(await rows.count()).toBeGreaterThan(20);
  await expect(rows.nth(1)).toContainText("Refused");
  await expect(rows.filter({ hasText: "openssl-3" }).first()).toContainText("TLS_RSA_WITH_AES_256_GCM_SHA384");
  await looks(page, "analysis-partners");

  const who = partners.getByLabel("Partner", { exact: true });
  await who.selectOption("peer openssl-3");
  await expect(rows).toHaveCount(2);
  await expect(rows.nth(1)).toContainText("Gets through");

  await who.selectOption("hello");
  await expect(rows).toHaveCount(0);
  const dump = partners.getByLabel("ClientHello, as a hex dump");
  await dump.fill("no capture");
  await expect(partners.getByRole("alert")).toContainText("The capture cannot be used");
  await accessible(page);
  await dump.fill(hello("002f"));
  const row = rows.nth(1);
  await expect(row).toContainText("Refused, 402");
  await expect(row).toContainText("Cipher suites");
  await expect(row).toContainText(/TLS_RSA_WITH_AES_128_CBC_SHA/);
  await expect(partners.getByRole("alert")).toHaveText("");
  await looks(page, "analysis-hello");
  await partners.getByLabel("It has no certificate to show").check();
  await expect(row).toContainText("Refused");
  await row.getByRole("button", { name: /Cipher suites|certificate/ }).click();
  await expect(page).toHaveURL(/\/s\/PROD\/levels\/colinsl/);
});

test("a capture is uploaded, and another rule is a partner", async ({ page, server, admin }) => {
  await prepare(admin, "PROD");
  await openStore(page, server, "PROD", "analysis");
  await page.goto(simulator(server, QUESTION));
  const partners = page.getByRole("region", { name: "Partners", exact: true });
  const who = partners.getByLabel("Partner", { exact: true });
  await who.selectOption("hello");
  const buffer = Buffer.from(hello("c030", "1301"), "hex");
  await partners.getByLabel("Capture", { exact: true }).setInputFiles({ name: "client.bin", mimeType: "application/octet-stream", buffer });
  await expect(partners.getByText("client.bin")).toBeVisible();
  const rows = partners.getByRole("table", { name: "Partners" }).getByRole("row");
  await expect(rows.nth(1)).toContainText("ClientHello");
  await who.selectOption("rule");
  await partners.getByLabel("Rule at the other end").fill("NONE");
  await expect(partners.getByRole("alert")).toHaveText("There is no rule `NONE` that turns TLS on.");
  const name = (await page.getByRole("heading", { name: /^Rule .*: TLS$/ }).getByRole("button").textContent()).trim();
  await partners.getByLabel("Rule at the other end").fill(name);
  await expect(rows.nth(1)).toContainText("Both sides wait for a client");
});

test("the simulator of the import page asks for partners in the browser", async ({ page, server, admin }) => {
  await admin.post("/stores", { name: "PROD", description: "" });
  await openStore(page, server, "PROD", "import");
  const asked = [];
  page.on("request", (request) => { if (request.method() === "POST") asked.push(new URL(request.url()).pathname); });
  await page.getByRole("button", { name: "Paste text" }).click();
  await page.getByRole("textbox", { name: "Text of pasted-1" }).fill(policy({ rule: "A", keyring: "A/RING", versions: ["TLSv1.3"], suites: ["TLS_AES_256_GCM_SHA384"] }));
  await page.getByText("Which rule does a connection meet?").click();
  await page.getByLabel("Local end").fill("10.1.1.2:1414");
  await page.getByLabel("Remote end").fill("10.1.0.2:51844");
  await page.getByLabel("Remote end").press("Enter");
  const partners = page.getByRole("region", { name: "Partners", exact: true });
  await expect(partners.getByRole("status")).toHaveText(/get through/);
  const rows = partners.getByRole("table", { name: "Partners" }).getByRole("row");
  await partners.getByLabel("Partner", { exact: true }).selectOption("hello");
  await partners.getByLabel("ClientHello, as a hex dump").fill(hello("c030"));
  await expect(rows.nth(1)).toContainText("no version in common", { ignoreCase: true });
  await rows.nth(1).getByRole("button").click();
  await expect(page.getByRole("textbox", { name: "Text of pasted-1" })).toBeFocused();
  expect(asked).toEqual([]);
});

test("what a draft and a revision change for connections", async ({ page, server, admin }) => {
  test.slow();
  await prepare(admin, "PROD");
  await openStore(page, server, "PROD", "analysis");
  // Another name and another order are no difference.
  const rename = { words: "rename", changes: [{ id: "colinag", etag: (await admin.get("/stores/PROD/configuration")).objects.find((one) => one.id === "colinag").etag, body: { ...mq().colinag, name: "OTHER" } }] };
  await admin.post("/stores/PROD/draft/edits", rename);
  await page.goto(`${server.url}/s/PROD/review`);
  const section = page.getByRole("region", { name: /^Connections/ }).first();
  await expect(section.getByRole("status")).toHaveText("No connection is treated otherwise.");
  await looks(page, "review-connections-none");
  await admin.post("/stores/PROD/draft/discard", {});

  const traffic = { ...mq().colintd, rows: [{ local_port: "1414", direction: "inbound" }, { local_port: "1416", direction: "inbound" }] };
  const level = { ...mq().colinsl, client_authentication: "full" };
  await change(admin, "PROD", { colinsl: level });
  const { objects } = await admin.get("/stores/PROD/configuration");
  const etag = objects.find((one) => one.id === "colintd").etag;
  await admin.post("/stores/PROD/draft/edits", { words: "ports", changes: [{ id: "colintd", etag, body: traffic }] });
  await page.goto(`${server.url}/s/PROD/review`);
  await expect(section.getByRole("status")).toHaveText("Connections of 1 stack are treated otherwise.");
  await expect(section.getByText("No longer protected.")).toBeVisible();
  await expect(section.getByText("Protected from now on.")).toBeVisible();
  await expect(section.getByText(/^Such as inbound from .* port 1415/)).toBeVisible();
  await looks(page, "review-connections");
  // Left out: nothing is saved of it, so nothing changes.
  await page.getByLabel("Save traffic descriptor COLINTD").uncheck();
  await expect(section.getByRole("status")).toHaveText("No connection is treated otherwise.");
  await page.getByLabel("Save traffic descriptor COLINTD").check();
  await section.getByRole("listitem").filter({ hasText: "No longer protected." }).getByRole("link", { name: "Look at it in the simulator" }).click();
  await expect(page.getByRole("heading", { name: "No rule applies: the connection stays in the clear" })).toBeVisible();

  await page.goto(`${server.url}/s/PROD/history?from=2&to=3`);
  await expect(section.getByText("Treated otherwise.").first()).toBeVisible();
  await expect(section.getByText("ClientAuthType").first()).toBeVisible();
  await expect(section.getByRole("link", { name: "Look at it in the simulator" })).toHaveCount(0);
  await section.getByRole("button").first().click();
  await expect(page).toHaveURL(/\/s\/PROD\/(rule|maps|traffic|stack|levels)/);
});

test("policy tests are answered while typing, and kept with what they are about", async ({ page, server, admin }) => {
  test.slow();
  await prepare(admin, "PROD");
  await openStore(page, server, "PROD", "analysis");
  await page.getByRole("tab", { name: "Policy tests" }).click();
  const of = page.getByLabel("Tests of", { exact: true });
  await of.selectOption({ label: "COLMVSA.TCPIP (TCP/IP stack)" });
  await expect(page).toHaveURL(/of=tcpip/);
  await expect(page.getByText("No expectation yet.")).toBeVisible();
  await looks(page, "tests-empty");
  await page.getByRole("button", { name: "Begin with these" }).click();
  const status = page.locator("policy-tests").getByRole("status");
  await expect(status).toHaveText(/^\d+ holds?\.$/);
  const text = page.getByRole("textbox", { name: "Policy tests" });
  await text.press("Control+End");
  await page.keyboard.type("inbound local port 21 must be protected\ninbund must be clear\n");
  await expect(status).toHaveText(/1 fails, \d+ holds?, 1 line is not understood/);
  const results = page.getByRole("region", { name: "Results" });
  await expect(results.getByText(/Such as inbound from .* port 21/)).toBeVisible();
  await expect(results.getByText("AT301")).toBeVisible();
  await looks(page, "tests-fail");
  await results.getByRole("button", { name: "Fix: write inbound" }).click();
  await expect(status).toHaveText(/^2 fail/);
  await results.getByRole("button", { name: /^line / }).first().click();
  await expect(text).toBeFocused();
  await stored(page, 1);
  await page.reload();
  await expect(text).toContainText("inbound local port 21 must be protected");
  const draft = await admin.get("/stores/PROD/draft");
  expect(draft.changes[0].body.tests).toContain("inbound must be clear");
  // Another owner has its own; the text of the first one is still there.
  await of.selectOption({ label: "COLINGR (z/OS group)" });
  await expect(text).not.toContainText("inbound");
  await of.selectOption({ label: "COLMVSA.TCPIP (TCP/IP stack)" });
  await expect(text).toContainText("inbound must be clear");
  const answer = await admin.post("/stores/PROD/test", {});
  expect(answer.fails).toBe(2);
});

test("a store without a stack says so", async ({ page, server, admin }) => {
  await admin.post("/stores", { name: "PROD", description: "" });
  await openStore(page, server, "PROD", "analysis?tab=tests");
  await expect(page.getByText("There is no stack yet.")).toBeVisible();
});

test("who may only look tests what is typed, and it is not kept", async ({ page, server, admin }) => {
  await prepare(admin, "PROD");
  await admin.account("vera", "a horse, a battery", "PROD", "viewer");
  await openStore(page, server, "PROD", "analysis?tab=tests", "vera", "a horse, a battery");
  await expect(page.getByText("What you type here is tested, and not kept.")).toBeVisible();
  await page.getByRole("textbox", { name: "Policy tests" }).fill("any local port 1414 must be clear");
  await expect(page.locator("policy-tests").getByRole("status")).toHaveText("1 fails.");
});

test("1,000 rules: partners, tests and differences are answered", async ({ page, server, admin }) => {
  test.slow();
  await prepare(admin, "PROD", manyRules(1000));
  await openStore(page, server, "PROD", "analysis");
  await page.goto(simulator(server, "stack tcpip · inbound · local 10.0.0.2:1024 · remote 10.1.0.2:51844"));
  await expect(page.getByRole("region", { name: "Partners", exact: true }).getByRole("status")).toHaveText(/get through/);
  const { objects } = await admin.get("/stores/PROD/configuration");
  const level = objects.find((one) => one.id === "level0");
  await admin.post("/stores/PROD/draft/edits", { words: "level", changes: [{ id: "level0", etag: level.etag, body: { ...level.body, client_authentication: "required" } }] });
  await page.goto(`${server.url}/s/PROD/review`);
  const section = page.getByRole("region", { name: /^Connections/ }).first();
  await expect(section.getByRole("status")).toHaveText("Connections of 1 stack are treated otherwise.");
  await expect(section.getByText("And 100 more, which are not listed.")).toBeVisible();
  await section.getByRole("button", { name: "Show all 100" }).click();
  await looks(page, "review-connections-large");
  await page.goto(`${server.url}/s/PROD/analysis?tab=tests&of=tcpip`);
  await page.getByRole("textbox", { name: "Policy tests" }).fill("any must be protected\ninbound local port 1024-2023 must be protected with client certificate required");
  await expect(page.locator("policy-tests").getByRole("status")).toHaveText("2 fail.");
  await looks(page, "tests-large");
});
