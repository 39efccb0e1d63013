// The guided start: from an empty store to protected ports in the installed file.
import { test, expect, logIn, accessible } from "../lib/test.js";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const nav = (page) => page.getByRole("navigation", { name: "Pages of the store" });

async function empty(page, server, admin) {
  await admin.post("/stores", { name: "PROD" });
  await logIn(page, server);
  await expect(page.getByRole("button", { name: "Account ana" })).toBeVisible();
  await page.goto(`${server.url}/s/PROD/overview`);
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
}

/** The lines of an installed file that are content, and not its header of revision and times. */
function content(server, path) {
  return readFileSync(join(server.root, path), "utf8").split("\n").filter((line) => !line.startsWith("##")).join("\n").trim();
}

test("two ports for MQ, from an empty store to the installed file", async ({ page, server, admin, person, shot }) => {
  await empty(page, server, admin);
  await person.click(page.getByRole("main").getByRole("link", { name: "Protect an application" }));
  await expect(page.getByRole("heading", { name: "Protect an application" })).toBeVisible();
  await accessible(page);
  await shot("guided-empty");
  await person.click(page.getByRole("radio", { name: "IBM MQ", exact: true }));
  await person.fill(page.getByLabel("Local ports, inbound"), "1414, 1415-1420");
  await person.fill(page.getByLabel("System image"), "COLMVSA");
  await person.fill(page.getByLabel("TCP/IP stack"), "TCPIP");
  await person.fill(page.getByLabel("Key ring"), "START1/COLINRING");
  await person.fill(page.getByLabel("Certificate label"), "MQCERT");
  const pane = page.getByRole("complementary", { name: "Policy text" });
  await expect(pane.getByText("1415-1420")).toBeVisible();
  await expect(page.getByText("traffic descriptor MQ-Channel-TCPIP")).toBeVisible();
  await accessible(page);
  await shot("guided-filled");
  await person.click(page.getByRole("button", { name: "Save and install" }));
  await expect(page.getByRole("heading", { name: "Install", exact: true })).toBeVisible();
  await expect(page.getByLabel("Target root of COLMVSA.TCPIP")).toHaveValue(join(server.root, "COLMVSA"));
  await shot("guided-install");
  await person.click(page.getByRole("button", { name: "Install 3 files" }));
  await expect(page.getByText("Revision 2 is installed on COLMVSA.TCPIP")).toBeVisible();
  await shot("guided-installed");
  person.done("two ports for MQ, from nothing to the installed file", 12);

  const file = content(server, "COLMVSA/etc/pagent.TCPIP.ttls");
  expect(file.match(/^TTLSRule /gm)).toHaveLength(2);
  expect(file).toMatch(/LocalPortRange\s+1414\n/);
  expect(file).toMatch(/LocalPortRange\s+1415-1420\n/);
  expect(file).toMatch(/Keyring\s+START1\/COLINRING\n/);
  expect(file).toMatch(/CertificateLabel\s+MQCERT\n/);
  expect(file).toMatch(/HandshakeRole\s+Server\n/);
  // The text beside the questions is what was installed.
  const { objects } = await admin.get("/stores/PROD/configuration");
  const names = objects.map((object) => object.body).filter((body) => !body.supplied).map((body) => body.name).sort();
  expect(names).toEqual(["COLMVSA", "Default", "MQ-Channel", "MQ-Channel-TCPIP", "TCPIP"]);
  expect(readFileSync(join(server.root, "COLMVSA/etc/pagent.conf"), "utf8")).toContain("/etc/pagent.TCPIP.conf");
});

test("the file beside the questions is the one that is installed", async ({ page, server, admin }) => {
  await empty(page, server, admin);
  await page.goto(`${server.url}/s/PROD/guided`);
  await page.getByLabel("Search applications").fill("telnet");
  await page.getByRole("radio", { name: "TN3270", exact: true }).check();
  await expect(page.getByLabel("Local ports 1, inbound")).toHaveValue("23");
  await page.getByLabel("Local ports 2, inbound").fill("993");
  await page.getByLabel("System image").fill("MVSA");
  await page.getByLabel("TCP/IP stack").fill("TCPIP");
  await page.getByLabel("Key ring").fill("TN3270/RING");
  const view = page.getByRole("complementary", { name: "Policy text" }).locator("code-view");
  await expect(view).toContainText("993");
  await expect(view).toContainText("TN3270/RING");
  const shown = await view.evaluate((element) => element.text);
  await page.getByRole("button", { name: "Save and install" }).click();
  await page.getByRole("button", { name: "Install 3 files" }).click();
  await expect(page.getByText("Revision 2 is installed on MVSA.TCPIP")).toBeVisible();
  const lines = shown.split("\n").filter((line) => !line.startsWith("##")).join("\n").trim();
  expect(content(server, "MVSA/etc/pagent.TCPIP.ttls")).toBe(lines);
});

test("what is wrong is said at its field, and a second application needs three answers less", async ({ page, server, admin, person, shot }) => {
  await empty(page, server, admin);
  await page.goto(`${server.url}/s/PROD/guided`);
  const save = page.getByRole("button", { name: /^Save –|^Save$/ });
  await expect(save).toHaveAttribute("aria-disabled", "true");
  await expect(page.getByText("Choose an application first.").first()).toBeVisible();
  await page.getByLabel("Search applications").fill("no such thing");
  await expect(page.getByText("No application fits “no such thing”", { exact: false })).toBeVisible();
  await page.getByRole("button", { name: "Clear the search" }).click();
  await page.getByRole("radio", { name: "IBM MQ", exact: true }).check();
  await page.getByLabel("Local ports, inbound").fill("1414, 99999");
  await expect(page.getByText("is no port: ports are whole numbers")).toBeVisible();
  await page.getByLabel("Local ports, inbound").fill("1414");
  await page.getByLabel("System image").fill("9BAD");
  await page.getByLabel("TCP/IP stack").fill("TCPIP");
  await page.getByLabel("Key ring").fill("START1/R");
  await expect(page.getByText("A name does not start with", { exact: false }).or(page.getByText("a name does not start with", { exact: false })).first()).toBeVisible();
  await accessible(page);
  await shot("guided-wrong");
  await page.getByLabel("System image").fill("MVSA");
  await page.getByLabel("Key ring").click();
  await expect(save).not.toHaveAttribute("aria-disabled", "true");
  await save.click();
  await expect(page.getByRole("tab", { name: "Rules" })).toBeVisible();
  await expect(page.getByRole("link", { name: "MQ-Channel" })).toBeVisible();

  // The only image, stack and ring need not be said again.
  await person.click(nav(page).getByRole("link", { name: "Protect an application" }));
  await person.click(page.getByRole("radio", { name: "Db2", exact: true }));
  await expect(page.getByLabel("System image")).toHaveValue("MVSA");
  await expect(page.getByLabel("Key ring")).toHaveValue("START1/R");
  await shot("guided-second");
  await person.click(save);
  await expect(page.getByRole("link", { name: "DB2-Server" })).toBeVisible();
  person.done("a second application", 3);
  const { objects } = await admin.get("/stores/PROD/configuration");
  expect(objects.filter((object) => object.body.kind === "stack")).toHaveLength(1);
});

test("a viewer sees the questions and cannot answer them", async ({ page, server, admin, shot }) => {
  await admin.post("/stores", { name: "PROD" });
  await admin.account("ben", "a horse, a battery", "PROD", "viewer");
  await logIn(page, server, "ben", "a horse, a battery");
  await expect(page.getByRole("button", { name: "Account ben" })).toBeVisible();
  await page.goto(`${server.url}/s/PROD/guided`);
  await expect(page.getByRole("button", { name: /^Save and install/ })).toHaveAttribute("aria-disabled", "true");
  await expect(page.getByLabel("System image")).toHaveAttribute("readonly", "");
  await accessible(page);
  await shot("guided-viewer");
});
