// What can be found out instead of being typed: addresses of hosts, ports that programs wait at.
import { test, expect, logIn, accessible } from "../lib/test.js";
import { seeded, save } from "../lib/seed.js";
import { preview, stored } from "../lib/story.js";
import { createServer } from "node:net";

async function open(page, server, path) {
  await logIn(page, server, "ana");
  await expect(page.getByRole("button", { name: "Account ana" })).toBeVisible();
  await page.goto(`${server.url}/s/PROD/${path}`);
}

const report = `MVS TCP/IP NETSTAT CS V3R1       TCPIP Name: TCPIP           13:47:39
User Id  Conn     State
-------  ----     -----
CSQ9CHIN 000000A2 Listen
  Local Socket:   ::..1414
  Foreign Socket: ::..0
TN3270   0000003F Listen
  Local Socket:   ::ffff:10.1.1.3..992
  Foreign Socket: ::ffff:0.0.0.0..0
`;

test("the addresses of a host are looked up, recorded, and written to the policy", async ({ page, server, admin, shot }) => {
  await seeded(admin);
  await save(admin, "PROD", {
    peers: { kind: "address-group", name: "PEERS", addresses: ["10.1.1.2"] },
    "COLMVSA.TCPIP.rule": {
      kind: "rule", name: "MQ0", owner: "COLMVSA.TCPIP.stack", order: "n", remote: { group: "peers" },
      map: { own: [{ traffic: "COLMVSA.TCPIP.traffic", level: "supplied.AT-TLS__Gold" }] },
    },
  });
  await open(page, server, "addresses/peers");
  await page.getByRole("button", { name: "Add host" }).click();
  const host = page.getByRole("textbox", { name: "Host 1", exact: true });
  await expect(host).toBeFocused();
  await host.fill("10.1.1.9");
  await expect(page.getByText("is an address, which needs no look-up", { exact: false }).first()).toBeVisible();
  await host.fill("localhost");
  await expect(page.getByText("no address of host localhost is recorded").first()).toBeVisible();
  await accessible(page);
  await page.getByRole("button", { name: "Look up host 1" }).click();
  await expect(page.getByText(/^(127\.0\.0\.1|::1)/).first()).toBeVisible();
  await expect(page.getByText("no address of host localhost is recorded")).toHaveCount(0);
  await shot("discovery-host");
  await accessible(page);
  // The same answer is no change.
  await stored(page, 1);
  const before = (await admin.get("/stores/PROD/draft")).stored_at;
  await page.getByRole("button", { name: "Look up host 1" }).click();
  await expect(page.getByText("localhost: the addresses are the same as before.")).toBeVisible();
  expect((await admin.get("/stores/PROD/draft")).stored_at).toBe(before);
  await page.goto(`${server.url}/s/PROD/stack/COLMVSA.TCPIP.stack/rules`);
  await expect.poll(() => preview(page)).toMatch(/Addr +(127\.0\.0\.1|::1)\n/);
});

test("ports of a report are listed with their rules, and one is protected by a press", async ({ page, server, admin, person, shot }) => {
  await seeded(admin);
  await open(page, server, "stack/COLMVSA.TCPIP.stack/rules");
  await page.getByRole("button", { name: "Find ports…" }).click();
  const panel = page.getByRole("dialog", { name: "Listening ports" });
  await expect(panel.getByRole("textbox", { name: "Report of another system" })).toBeFocused();
  await accessible(page);
  await panel.getByRole("textbox", { name: "Report of another system" }).fill(report);
  await panel.getByRole("button", { name: "List ports of the report" }).click();
  const table = panel.getByRole("table", { name: "Listening ports" });
  await expect(table.getByRole("row", { name: /1414/ })).toContainText("protects it");
  await expect(table.getByRole("row", { name: /992/ })).toContainText("10.1.1.3");
  await shot("discovery-ports");
  await accessible(page);
  await person.click(table.getByRole("button", { name: "Protect port 992" }));
  await expect(table.getByRole("row", { name: /992/ })).toContainText("TN3270-992 protects it");
  person.done("A port that was found, to its rule in the preview", 1);
  // As the supplied descriptor has it for this port and job.
  await expect.poll(() => preview(page)).toMatch(/LocalAddr +10\.1\.1\.3\n +LocalPortRange +992\n +Jobname +TN3270\*\n/);
  await expect.poll(() => preview(page)).toContain("ApplicationControlled");
  await shot("discovery-protected");
  await table.getByRole("link", { name: "TN3270-992" }).click();
  await expect(page.getByRole("heading", { name: "TN3270-992" })).toBeVisible();
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("ports of the server are listed, and text without any says so", async ({ page, server, admin }) => {
  await seeded(admin);
  const waiting = createServer();
  await new Promise((ready) => waiting.listen(0, "127.0.0.1", ready));
  try {
    await open(page, server, "stack/COLMVSA.TCPIP.stack/rules");
    await page.getByRole("button", { name: "Find ports…" }).click();
    const panel = page.getByRole("dialog", { name: "Listening ports" });
    await panel.getByRole("textbox", { name: "Report of another system" }).fill("nothing of the kind");
    await panel.getByRole("button", { name: "List ports of the report" }).click();
    await expect(panel.getByText("No program that waits for TCP connections was found.")).toBeVisible();
    await panel.getByRole("button", { name: "List ports of this server" }).click();
    const row = panel.getByRole("row", { name: new RegExp(`^${waiting.address().port} `) });
    await expect(row).toContainText("127.0.0.1");
    await expect(row).toContainText("node");
  } finally {
    waiting.close();
  }
});
