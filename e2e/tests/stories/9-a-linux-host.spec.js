// Story 9: a program on a Linux host that knows nothing of TLS, protected from the assistant; seen, traced and
// changed while partners are connected. Two hosts are namespaces of the kernel, joined by a wire.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test as base, expect, accessible } from "../../lib/test.js";
import { Engines, answers } from "../../lib/engine.js";
import { Hosts, withoutHosts } from "../../lib/hosts.js";
import { program } from "../../lib/server.js";
import { go, openStore } from "../../lib/story.js";

const PORT = 9000;
const reason = withoutHosts();

const test = base.extend({
  engines: async ({}, use) => {
    const engines = new Engines();
    await use(engines);
    await engines.stop();
  },
  hosts: async ({}, use) => {
    const hosts = new Hosts();
    await use(hosts);
    await hosts.stop();
  },
  serverOptions: async ({ engines }, use) => use({ args: engines.args }),
});

/** The plain program: it says back what it hears, and where it came from. */
const PLAIN = `require("node:net").createServer((s) => s.on("error", () => {}).on("data", (d) => s.write(s.remoteAddress + " said " + d))).listen(${PORT}, "0.0.0.0")`;

/** A partner that checks the certificate, says each line that it is given, and prints what comes back. */
const partner = (address, ca, options = {}) => `
  const socket = require("node:tls").connect({ host: "${address}", port: ${PORT}, servername: "app.example.com", ca: require("node:fs").readFileSync("${ca}"), ...${JSON.stringify(options)} }, () => {
    console.log("secured " + socket.getProtocol());
    process.stdin.pipe(socket);
  });
  socket.on("data", (data) => process.stdout.write(String(data)));
  socket.on("error", (error) => { console.log("failed " + error.code); process.exit(1); });`;

test("a program on a Linux host talks TLS, and the assistant shows it", async ({ page, server, admin, engines, hosts, person, shot }) => {
  test.skip(reason !== undefined, reason);
  test.slow();
  const node = process.execPath;
  const { client, server: host } = hosts;
  host.start(node, ["-e", PLAIN]);

  // A ring whose certificate ends soon, and a partner that trusts it.
  engines.keyring("create", "APP/RING");
  engines.keyring("generate", "APP/RING", "--label", "APPCERT", "--host", "app.example.com", "--self-signed", "--days", "5");
  const ca = join(engines.dir, "ca.pem");
  writeFileSync(ca, spawnSync(program, ["keyring", "export", "--keyrings", engines.keyrings, "APP/RING", "APPCERT"]).stdout);

  // From an empty store to the installed files.
  await admin.post("/stores", { name: "PROD" });
  await openStore(page, server, "PROD", "guided");
  await person.click(page.getByRole("radio", { name: "HTTP", exact: true }));
  await person.fill(page.getByLabel("Local ports, inbound"), String(PORT));
  await person.fill(page.getByLabel("System image"), "HOSTA");
  await person.fill(page.getByLabel("TCP/IP stack"), "TCPIP");
  await person.fill(page.getByLabel("Key ring"), "APP/RING");
  await person.fill(page.getByLabel("Certificate label"), "APPCERT");
  await person.click(page.getByRole("button", { name: "Save and install" }));
  await person.click(page.getByRole("button", { name: "Install 3 files" }));
  await expect(page.getByText("Revision 2 is installed on HOSTA.TCPIP")).toBeVisible();

  // The engine reads what was installed.
  const socket = join(engines.sockets, "main.sock");
  const root = join(server.root, "HOSTA");
  const engine = host.start(join(dirname(program), "gatehouse-engine"), ["--config", join(root, "etc/pagent.conf"), "--root", root, "--keyrings", engines.keyrings, "--transparent", "--control", socket, "--workers", "1", "--grace", "0"]);
  await answers(socket, () => (engine.child.exitCode === null ? undefined : `the engine ended:\n${engine.log()}`));

  // A partner on another host.
  const one = client.start(node, ["-e", partner(host.address, ca)]);
  await expect.poll(one.log).toContain("secured TLSv1.3");
  one.say("hello\n");
  await expect.poll(one.log).toContain(`${client.address} said hello`);

  // The connection, its rule, and where that comes from.
  await go(person, "Runtime");
  const row = page.getByRole("table", { name: "Connections", exact: true }).getByRole("row").filter({ hasText: client.address });
  await expect(row).toContainText("TLSv1.3");
  await shot("story9-runtime");
  await row.getByRole("button").first().click();
  const panel = page.getByRole("dialog", { name: /^Connection [0-9A-F]{8}$/ });
  const said = panel.getByRole("table", { name: "What the policy says" }).getByRole("row").filter({ hasText: "Keyring" });
  await expect(said).toContainText(/APP\/RING.*environment action .*pagent\.TCPIP\.ttls:\d+/);
  await accessible(page);
  await shot("story9-connection");
  await page.keyboard.press("Escape");
  person.done("From an empty store to a connection of a Linux host with its rule");
});
