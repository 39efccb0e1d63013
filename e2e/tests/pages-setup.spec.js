// Set-up: questions asked once, parts that can be copied, downloaded and installed.
import { test, expect, logIn, accessible } from "../lib/test.js";
import { seeded } from "../lib/seed.js";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const id = "COLMVSA.TCPIP.stack";

async function open(page, server, address, name = "ana", password = undefined) {
  await logIn(page, server, name, password);
  await expect(page.getByRole("button", { name: `Account ${name}` })).toBeVisible();
  await page.goto(`${server.url}/s/PROD/${address}`);
}

/** In pictures of both themes, and for axe. */
async function looks(page, name) {
  for (const colorScheme of ["dark", "light"]) {
    await page.emulateMedia({ colorScheme });
    await accessible(page);
    await page.screenshot({ path: `shots/${name}-${colorScheme}.png`, fullPage: true });
  }
}

test("the questions are answered once, and the parts follow", async ({ page, server, admin, shot }) => {
  await seeded(admin, ["COLMVSA.TCPIP", "COLMVSA.TCPIP2"]);
  await open(page, server, "setup");
  await expect(page.getByRole("heading", { name: "Set-up", exact: true })).toBeVisible();
  await accessible(page);
  await shot("setup-list");
  await page.getByRole("link", { name: "COLMVSA.TCPIP", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Set-up of COLMVSA.TCPIP" })).toBeVisible();
  await expect(page.getByText("It is made when these are answered", { exact: false }).first()).toBeVisible();
  await accessible(page);
  await shot("setup-open");

  // An open question is one press away from the part that needs it.
  const part = page.getByRole("region", { name: /Policy Agent/ }).filter({ hasText: "It is made when" }).first();
  await part.getByRole("button").first().click();
  await expect(page.locator("input:focus, select:focus")).toHaveAttribute("data-field", /^setup\//);

  // Wrong while typing, and right again.
  const user = page.getByLabel("User ID of the Policy Agent");
  await user.fill("NOT A USER");
  await expect(page.getByText("is not possible here", { exact: false })).toBeVisible();
  await shot("setup-wrong");
  await user.fill("PAGENT");
  await expect(page.getByText("is not possible here", { exact: false })).toHaveCount(0);

  await page.getByRole("button", { name: /^Use \d+ suggestions$/ }).click();
  await expect(page.getByText("All questions are answered", { exact: false })).toBeVisible();
  await expect(page.getByText("It is made when these are answered", { exact: false })).toHaveCount(0);
  await accessible(page);
  await page.getByRole("button", { name: "Go to the parts" }).click();
  await expect(page.getByRole("heading", { name: "What to put in place, in this order" })).toBeInViewport();
  await shot("setup-ready");

  // The other stack of the image asks for its own answers only.
  await page.goto(`${server.url}/s/PROD/setup/COLMVSA.TCPIP2.stack`);
  await expect(page.getByLabel("User ID of the Policy Agent")).toHaveValue("PAGENT");
  const { changes } = await admin.get("/stores/PROD/draft");
  expect(changes.find((change) => change.id === "image.COLMVSA").body.setup.pagent_user).toBe("PAGENT");
});

test("a part is copied, downloaded, and installed beside the policy files", async ({ page, server, admin, context, shot }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await seeded(admin);
  await admin.put(`/stores/PROD/targets/${id}`, { stack: id, root: join(server.root, "COLMVSA") });
  await open(page, server, `setup/${id}`);
  await page.getByRole("button", { name: /^Use \d+ suggestions$/ }).click();
  await expect(page.getByText("All questions are answered", { exact: false })).toBeVisible();
  const part = page.locator("section.part").first();
  const text = await part.locator("code-view").evaluate((element) => element.text);
  expect(text.length).toBeGreaterThan(20);
  await part.getByRole("button", { name: "Copy" }).click();
  await expect(part.getByText("Copied.")).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(text);
  const download = page.waitForEvent("download");
  await part.getByRole("button", { name: "Download" }).click();
  expect(readFileSync(await (await download).path(), "utf8")).toBe(text);

  // Installed from a saved revision.
  const draft = await admin.get("/stores/PROD/draft");
  await admin.post("/stores/PROD/draft/save", { comment: "set-up", head: draft.head });
  await expect(page.getByText("revision 3")).toBeVisible();
  await part.getByRole("link", { name: "Install beside the policy files" }).click();
  await expect(page.getByText("With 1 part of the set-up page", { exact: false })).toBeVisible();
  await expect(page.getByRole("checkbox", { name: "Install COLMVSA.TCPIP" })).toBeChecked();
  await shot("setup-install");
  await page.getByRole("button", { name: "Install 4 files" }).click();
  await expect(page.getByText("Revision 3 is installed on COLMVSA.TCPIP")).toBeVisible();
  const folder = join(server.root, "COLMVSA/etc/setup/COLMVSA.TCPIP");
  expect(existsSync(folder)).toBe(true);
  const [file] = readdirSync(folder);
  expect(readFileSync(join(folder, file), "utf8")).toBe(text);
});

test("a viewer reads the answers and the parts", async ({ page, server, admin, shot }) => {
  await seeded(admin);
  await admin.account("ben", "a horse, a battery", "PROD", "viewer");
  await open(page, server, `setup/${id}`, "ben", "a horse, a battery");
  await expect(page.getByLabel("User ID of the Policy Agent")).toHaveAttribute("readonly", "");
  await expect(page.getByRole("button", { name: /^Use \d+ suggestions/ })).toHaveAttribute("aria-disabled", "true");
  await accessible(page);
  await shot("setup-viewer");
});

test("a store without stacks says what to do first", async ({ page, server, admin, shot }) => {
  await admin.post("/stores", { name: "PROD" });
  await open(page, server, "setup");
  await expect(page.getByRole("heading", { name: "No stack yet" })).toBeVisible();
  await accessible(page);
  await shot("setup-empty");
});

test("what the server has not said yet is waited for, and is no trouble once the page was left", async ({ page, server, admin }) => {
  await seeded(admin);
  await open(page, server, "setup");
  await expect(page.getByRole("link", { name: "COLMVSA.TCPIP", exact: true })).toBeVisible();
  let answers = [];
  await page.route(/\/stores\/PROD\/setup\/[^/]+$/, (route) => { answers.push(route); });
  const answer = async () => {
    await expect.poll(() => answers.length).toBeGreaterThan(0);
    const held = answers;
    answers = [];
    for (const route of held) await route.continue();
  };
  await page.getByRole("link", { name: "COLMVSA.TCPIP", exact: true }).click();
  await expect(page.getByText("The set-up is being worked out.")).toBeVisible();
  await expect(page.getByRole("heading", { name: "Set-up of COLMVSA.TCPIP" })).toBeVisible();
  await looks(page, "setup-loading");
  await answer();
  const user = page.getByLabel("User ID of the Policy Agent");
  await expect(user).toBeVisible();
  await looks(page, "setup-questions");

  // What is typed stays while it is judged.
  await user.fill("NOT A USER");
  await user.press("Enter");
  await expect.poll(() => answers.length).toBeGreaterThan(0);
  await expect(user).toHaveValue("NOT A USER");
  await expect(user).toBeFocused();
  await answer();
  await expect(page.getByText("is not possible here", { exact: false })).toBeVisible();
  await expect(user).toBeFocused();
  await looks(page, "setup-refused");

  // The answer comes to a page that is gone.
  await user.fill("PAGENT");
  await user.press("Enter");
  await expect.poll(() => answers.length).toBeGreaterThan(0);
  await page.getByRole("link", { name: "Overview", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Overview", level: 1 })).toBeVisible();
  const heard = page.waitForResponse(/\/stores\/PROD\/setup\/[^/]+$/);
  await answer();
  await (await heard).finished();
  await page.getByRole("link", { name: "Set-up", exact: true }).click();
  await expect(page.getByRole("link", { name: "COLMVSA.TCPIP", exact: true })).toBeVisible();
});
