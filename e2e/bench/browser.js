// The bars that only a browser can show: how soon the first page can be used, and how soon the
// policy text follows a key on a stack of 1,000 rules.
//
//   GATEHOUSE=…/release/gatehouse GATEHOUSE_ASSETS=…/dist node bench/browser.js
import { chromium } from "@playwright/test";
import config from "../playwright.config.js";
import { Server } from "../lib/server.js";
import { logIn } from "../lib/test.js";

const RULES = 1000;
const PAGES = 5;
const KEYS = 15;
const AT = 500;

const median = (times) => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];

/** Prints a figure beside its bar; whether it holds. */
function bar(what, figure, limit, unit) {
  const holds = figure < limit;
  console.log(`${what.padEnd(52)} ${figure.toFixed(1).padStart(9)} ${unit.padEnd(5)} bar ${String(limit).padStart(6)} ${unit.padEnd(5)} ${holds ? "ok" : "MISSED"}`);
  return holds;
}

/** A stack with so many rules, each with a port of its own. */
function objects() {
  const changes = [
    { id: "image", body: { kind: "image", name: "MVSA", keyring: "START1/RING" } },
    { id: "stack", body: { kind: "stack", name: "TCPIP", image: "image" } },
  ];
  for (let level = 0; level < 10; level += 1) {
    changes.push({ id: `level${level}`, body: { kind: "security-level", name: `LEVEL${level}` } });
  }
  for (let group = 0; group < 50; group += 1) {
    const addresses = Array.from({ length: 20 }, (_, host) => `10.${group}.1.${host}`);
    changes.push({ id: `addresses${group}`, body: { kind: "address-group", name: `GROUP${group}`, addresses } });
  }
  for (let number = 0; number < RULES; number += 1) {
    const letters = [...String(number).padStart(4, "0")].map((digit) => "bcdefghijk"[digit]).join("");
    const rows = [{ local_port: String(2000 + number), direction: "inbound", jobname: `JOB${number}` }];
    changes.push({ id: `traffic${number}`, body: { kind: "traffic-descriptor", name: `T${number}`, rows } });
    changes.push({
      id: `rule${number}`,
      body: {
        kind: "rule", name: `R${number}`, owner: "stack", order: letters, local: { group: `addresses${number % 50}` },
        map: { own: [{ traffic: `traffic${number}`, level: `level${number % 10}` }] },
      },
    });
  }
  return changes;
}

/** A page in a browser that knows nothing yet, at the size that people use. */
async function fresh(browser, state) {
  const context = await browser.newContext({ viewport: config.use.viewport, storageState: state });
  return context.newPage();
}

/** From the address to the first name that can be typed. */
async function logInForm(browser, server) {
  const page = await fresh(browser);
  const start = performance.now();
  await page.goto(server.url, { waitUntil: "commit" });
  const name = page.getByLabel("Name");
  await name.fill("ana");
  const time = performance.now() - start;
  if (await name.inputValue() !== "ana") throw new Error("the log-in form lost what was typed");
  await page.context().close();
  return time;
}

/** From the address to the table of protected ports. */
async function overview(browser, server, state) {
  const page = await fresh(browser, state);
  const start = performance.now();
  await page.goto(`${server.url}/s/PROD/overview`, { waitUntil: "commit" });
  await page.getByRole("table", { name: "Protected ports" }).getByRole("link").first().waitFor();
  const time = performance.now() - start;
  await page.context().close();
  return time;
}

/** From each key in the name of a rule to the frame that shows the policy text that holds it. */
async function keys(browser, server, state) {
  const page = await fresh(browser, state);
  await page.goto(`${server.url}/s/PROD/rule/rule${AT}`);
  const name = page.getByRole("textbox", { name: "Name", exact: true });
  await name.click();
  await page.waitForFunction((start) => document.querySelector("[aria-label='Policy text'] code-view")?.text.includes(start), `R${AT}~1`);
  const times = [];
  for (let key = 0; key < KEYS; key += 1) {
    await page.waitForTimeout(2000); // what followed the key before is over, and its edit is stored
    await page.keyboard.press("End");
    const expected = `${await name.inputValue()}x~1`;
    // Listening begins before the key is sent: the two take different ways into the browser.
    await page.evaluate((expected) => {
      const text = () => document.querySelector("[aria-label='Policy text'] code-view").text;
      window.shown = new Promise((done) => {
        addEventListener("input", () => {
          const start = performance.now();
          const look = () => (text().includes(expected) ? done(performance.now() - start) : requestAnimationFrame(look));
          look();
        }, { capture: true, once: true });
      });
    }, expected);
    await page.keyboard.type("x");
    times.push(await page.evaluate(() => window.shown));
  }
  await page.context().close();
  return times;
}

/** A policy of so many bytes. */
function policy(bytes) {
  const parts = ["TTLSGroupAction On\n{\n  TTLSEnabled On\n}\nTTLSEnvironmentAction Server\n{\n  HandshakeRole Server\n  TTLSKeyringParms\n  {\n    Keyring START1/RING\n  }\n}\n"];
  for (let number = 0, size = 0; size < bytes; number += 1) {
    parts.push(`TTLSRule R${number}~1\n{\n  LocalAddr 10.${number % 200}.1.2\n  LocalPortRange ${1024 + (number % 60000)}\n  Direction Inbound\n  Jobname JOB${number % 1000}\n  Priority ${1 + (number % 2000)}\n  TTLSGroupActionRef On\n  TTLSEnvironmentActionRef Server\n}\n`);
    size += parts.at(-1).length;
  }
  return parts.join("");
}

/** From each key in a file of 200 KB to the findings of the text with it. */
async function checks(browser, server, state) {
  const page = await fresh(browser, state);
  await page.goto(`${server.url}/s/PROD/import`);
  await page.locator("input[type=file]").first().setInputFiles({ name: "large.policy", mimeType: "text/plain", buffer: Buffer.from(policy(200 << 10)) });
  const text = page.getByRole("textbox", { name: "Text of large.policy" });
  await text.click();
  const times = [];
  for (let key = 0; key < KEYS; key += 1) {
    await page.waitForTimeout(500);
    await page.evaluate(() => {
      const checked = () => performance.getEntriesByName("policy-checked").length;
      window.shown = new Promise((done) => {
        addEventListener("keydown", () => {
          const [start, before] = [performance.now(), checked()];
          const look = () => (checked() > before ? done(performance.now() - start) : requestAnimationFrame(look));
          look();
        }, { capture: true, once: true });
      });
    });
    await page.keyboard.type("x");
    times.push(await page.evaluate(() => window.shown));
  }
  await page.context().close();
  return times;
}

const server = await new Server().start();
const browser = await chromium.launch(config.use.launchOptions);
let holds;
try {
  const forms = [];
  for (let number = 0; number < PAGES; number += 1) forms.push(await logInForm(browser, server));
  const admin = await server.administrator();
  await admin.post("/stores", { name: "PROD" });
  const draft = await admin.post("/stores/PROD/draft/edits", { words: "bench", changes: objects() });
  await admin.post("/stores/PROD/draft/save", { comment: "bench", head: draft.head });

  const first = await fresh(browser);
  await logIn(first, server);
  await first.getByRole("button", { name: /^Account / }).waitFor();
  const state = await first.context().storageState();
  const overviews = [];
  for (let number = 0; number < PAGES; number += 1) overviews.push(await overview(browser, server, state));
  const times = await keys(browser, server, state);
  const checked = await checks(browser, server, state);
  holds = [
    bar("log-in form can be used", median(forms), 2000, "ms"),
    bar("overview of a store with 1,000 rules", median(overviews), 2000, "ms"),
    bar("policy text after a key, 1,000 rules", median(times), 100, "ms"),
    bar("findings after a key, a file of 200 KB", median(checked), 100, "ms"),
  ];
  console.log(`keys: ${times.map((time) => time.toFixed(0)).join(" ")} ms`);
  console.log(`keys in a file: ${checked.map((time) => time.toFixed(0)).join(" ")} ms`);
} finally {
  await browser.close();
  await server.stop();
}
process.exitCode = holds.every(Boolean) ? 0 : 1;
