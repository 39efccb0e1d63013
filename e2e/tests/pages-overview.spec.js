// Overview: protected ports, recent changes, installs; and an empty store.
import { test, expect, logIn, accessible } from "../lib/test.js";
import { readFileSync } from "node:fs";
import { save, small, traffic } from "../lib/samples.js";

async function open(page, server, name, password) {
  await logIn(page, server, name, password);
  await expect(page.getByRole("button", { name: /^Account / })).toBeVisible();
  await page.goto(`${server.url}/s/PROD/overview`);
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
}

test("protected ports of all stacks, recent changes and installs", async ({ page, server, admin, shot }) => {
  await small(admin);
  await save(admin, "PROD", { web: traffic("WEBPORT", 9443, { jobname: "HTTPD" }) }, "Web moves to 9443");
  await open(page, server);
  const ports = page.getByRole("table", { name: "Protected ports" });
  const row = ports.getByRole("row", { name: /1414/ });
  await expect(row).toContainText("COLMVSA.TCPIP");
  await expect(row).toContainText("MQCERT");
  await expect(row).toContainText("MYGOLD");
  await expect(row).toContainText("TLS 1.3");
  await expect(row).toContainText("not yet");
  await expect(page.getByRole("region", { name: "Recent changes" }).getByText("Web moves to 9443")).toBeVisible();
  await expect(page.getByRole("region", { name: "Installs" }).getByText("not installed yet")).toBeVisible();
  await accessible(page);
  await shot("overview");
  await page.getByRole("searchbox", { name: "Filter protected ports" }).fill("httpd");
  await expect(page.getByText("1 of 2", { exact: true })).toBeVisible();
  await page.getByRole("searchbox", { name: "Filter protected ports" }).fill("zzz");
  await expect(page.getByText("The filter “zzz” hides 2 rows.")).toBeVisible();
  await page.getByRole("button", { name: "Clear the filter" }).click();
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "CSV" }).click()]);
  expect(file.suggestedFilename()).toMatch(/\.csv$/);
  expect(readFileSync(await file.path(), "utf8")).toMatch(/COLMVSA.*MQCERT/);
  await ports.getByRole("link", { name: "1414" }).click();
  await expect(page).toHaveURL(/\/s\/PROD\/rule\/mqin$/);
});

test("what somebody saves appears, and a page that rests asks for the state only", async ({ page, server, admin }) => {
  await small(admin);
  await open(page, server);
  const recent = page.getByRole("region", { name: "Recent changes" });
  await expect(recent.getByRole("listitem").first()).toBeVisible();
  await save(admin, "PROD", { web: traffic("WEBPORT", 9443, { jobname: "HTTPD" }) }, "Web moves to 9443");
  await expect(recent.getByText("Web moves to 9443")).toBeVisible();
  await page.waitForResponse(/\/stores\/PROD\/state$/);
  await page.waitForLoadState("networkidle");
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  for (let poll = 0; poll < 2; poll += 1) await page.waitForResponse(/\/stores\/PROD\/state$/);
  await page.waitForLoadState("networkidle");
  expect([...new Set(asked)]).toEqual(["/api/v1/stores/PROD/state"]);
});

test("an empty store leads to the guided start", async ({ page, server, admin, shot }) => {
  await admin.post("/stores", { name: "PROD" });
  await open(page, server);
  await expect(page.getByRole("heading", { name: "Nothing is protected yet" })).toBeVisible();
  await expect(page.getByRole("main").getByRole("link", { name: "Protect an application" })).toHaveAttribute("href", "/s/PROD/guided");
  await accessible(page);
  await shot("overview-empty");
});

test("a viewer of an empty store is offered nothing to make", async ({ page, server, admin }) => {
  await admin.post("/stores", { name: "PROD" });
  await admin.account("vera", "a horse, a battery", "PROD", "viewer");
  await open(page, server, "vera", "a horse, a battery");
  await expect(page.getByRole("heading", { name: "Nothing is protected yet" })).toBeVisible();
  await expect(page.getByRole("main").getByRole("link", { name: "Protect an application" })).toHaveCount(0);
});
