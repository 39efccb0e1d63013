// What every browser test has: a server of its own, a page that fails on errors, and a count of
// what the person did.
import { test as base, expect } from "@playwright/test";
import AxeBuilder from "@axe-core/playwright";
import { mkdirSync } from "node:fs";
import { secrets } from "./secrets.js";
import { Server } from "./server.js";

export { expect };

const SHOTS = "shots";
mkdirSync(SHOTS, { recursive: true });

/** Counts what a person does: a click, a filled field, a chosen entry, a pressed key. */
export class Person {
  constructor(page) {
    this.page = page;
    this.actions = 0;
  }

  async click(locator) {
    this.actions += 1;
    await locator.click();
  }

  async fill(locator, text) {
    this.actions += 1;
    await locator.fill(text);
  }

  async press(key) {
    this.actions += 1;
    await this.page.keyboard.press(key);
  }

  /** Types into a picker and takes the best entry with this name: one field filled. */
  async pick(locator, text, option = text) {
    this.actions += 1;
    await locator.click();
    await locator.fill(text);
    await this.page.getByRole("option", { name: option }).filter({ hasNotText: /^New / }).first().click();
  }

  /** Types a new name into a picker: one field filled. */
  async name(locator, text) {
    this.actions += 1;
    await locator.click();
    await locator.fill(text);
    await this.page.getByRole("option", { name: text }).first().click();
  }

  /** Replaces the text of a field by a pasted one: one field filled. */
  async paste(locator, text) {
    this.actions += 1;
    await locator.selectText();
    await locator.evaluate((input, text) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", text);
      input.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    }, text);
  }

  async choose(locator, option) {
    this.actions += 1;
    await locator.selectOption(option);
  }

  /** Prints the count and checks it against the most that is allowed. */
  done(story, most) {
    console.log(`      ${story}: ${this.actions} actions${most ? ` of at most ${most}` : ""}`);
    if (most) expect(this.actions).toBeLessThanOrEqual(most);
  }
}

export const test = base.extend({
  serverOptions: [{}, { option: true }],
  // Every context of a test is watched, those that it makes itself, too.
  browser: [async ({ browser }, use) => {
    const make = browser.newContext.bind(browser);
    browser.newContext = async (...options) => {
      const context = await make(...options);
      secrets.follow(context);
      return context;
    };
    await use(browser);
  }, { scope: "worker" }],
  server: async ({ serverOptions }, use, info) => {
    secrets.forget();
    const server = await new Server({ ...serverOptions, args: ["--log-level", "debug", ...(serverOptions.args ?? [])] }).start();
    await use(server);
    if (info.status !== info.expectedStatus) await info.attach("server.log", { body: server.log.join(""), contentType: "text/plain" });
    await server.stop();
    secrets.place("the server's log", server.errors.join(""));
    expect(await secrets.found(), "secrets").toEqual([]);
  },
  admin: async ({ server }, use) => use(await server.administrator()),
  page: async ({ page, server: _ }, use) => {
    const errors = watch(page);
    await use(page);
    expect(errors, "errors in the page").toEqual([]);
    const { origins } = await page.context().storageState();
    secrets.place("what the browser keeps", JSON.stringify(origins));
  },
  person: async ({ page }, use) => use(new Person(page)),
  shot: async ({ page }, use) => use((name) => page.screenshot({ path: `${SHOTS}/${name}.png` })),
});

/** Collects what a page complains of: exceptions and refused content. */
export function watch(page) {
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (/Content Security Policy|panicked/.test(message.text())) errors.push(message.text());
  });
  return errors;
}

/** Logs in through the page. */
export async function logIn(page, server, name = "ana", password = "correct horse battery") {
  await page.goto(server.url);
  // The pages of a debug build are 20 MB, and the first page of a browser compiles them.
  await expect(page.getByLabel("Name")).toBeVisible({ timeout: 60_000 });
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
}

/** No finding of axe on the page as it stands. */
export async function accessible(page, expects = expect) {
  const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]).analyze();
  expects(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join(" | ")}`), page.url()).toEqual([]);
}
