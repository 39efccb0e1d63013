// Story 3: a message broker that is server on one port and client of another, with one certificate.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test, expect } from "../../lib/test.js";
import { openStore, stored, preview, save, make, sameAsGolden, install } from "../../lib/story.js";

test("Message Broker, both ways", async ({ page, server, admin, person, shot }) => {
  test.slow();
  await admin.post("/stores", { name: "PROD", description: "Production" });
  await openStore(page, server, "PROD");
  const button = (name) => page.getByRole("button", { name, exact: true });
  const within = (title) => page.getByRole("dialog", { name: title });
  const field = (place, name) => place.getByRole("textbox", { name, exact: true });
  const picker = (place, name) => place.getByRole("combobox", { name, exact: true });

  await person.click(button("Add z/OS group").first());
  await person.fill(field(page, "Name of the new z/OS group"), "BROKERS");
  await person.press("Enter");
  await person.fill(field(page, "Name of the new system image"), "WI02");
  await person.fill(field(page, "Key ring of the new system image"), "WI02USR/WI02BRK");
  await person.press("Enter");
  await person.fill(field(page, "Name of the new TCP/IP stack"), "TCPIP");
  await person.press("Enter");
  await person.click(page.getByRole("link", { name: "TCPIP", exact: true }));
  await person.click(page.getByRole("tab", { name: "Settings" }));
  await person.fill(field(page, "Policy file"), "/etc/pagent/TCPIP_TTLS.policy");
  await stored(page, 3);
  await shot("story3-settings");

  await person.click(page.getByRole("tab", { name: "Rules" }));
  await person.click(button("Add rule").first());
  await person.fill(field(page, "Name"), "WI02BRK");
  await make(person, picker(page, "Traffic descriptor, row 1"), "SOAP_Server");
  let panel = within("New traffic descriptor");
  await person.fill(field(panel, "Local port, row 1"), "7800");
  await person.choose(picker(panel, "Direction, row 1"), "Inbound");
  await person.fill(field(panel, "Certificate label"), "WI02BRK");
  await shot("story3-server");
  await person.click(panel.getByRole("button", { name: "Done" }));
  await make(person, picker(page, "Security level, row 1"), "WI02BRK_SEC_LEVEL");
  await person.click(within("New security level").getByRole("button", { name: "Done" }));

  await person.click(button("Add traffic"));
  await make(person, picker(page, "Traffic descriptor, row 2"), "SOAP_Client");
  panel = within("New traffic descriptor");
  await person.fill(field(panel, "Remote port, row 1"), "7843");
  await person.choose(picker(panel, "Direction, row 1"), "Outbound");
  await expect(picker(panel, "Handshake role, row 1").locator("option:checked")).toHaveText("Client (follows the direction)");
  await person.fill(field(panel, "Certificate label"), "WI02BRK");
  await shot("story3-client");
  await person.click(panel.getByRole("button", { name: "Done" }));
  await person.pick(picker(page, "Security level, row 2"), "WI02BRK_SEC_LEVEL");
  await stored(page, 7);
  await expect.poll(() => preview(page)).toContain("7843");
  await expect(page.getByRole("button", { name: "Problems: 0 errors, 0 warnings" })).toBeVisible();
  await shot("story3-rule");
  await save(person, 2);

  const files = await install(person, admin, "PROD", "WI02.TCPIP", { root: server.root, shot: () => shot("story3-install") });
  expect(files.policy).toBe(join(server.root, "etc/pagent/TCPIP_TTLS.policy"));
  const text = readFileSync(files.policy, "utf8");
  expect(text).toMatch(/HandshakeRole +Server\n/);
  expect(text).toMatch(/HandshakeRole +Client\n/);
  sameAsGolden(text, "message-broker.policy");
  sameAsGolden(readFileSync(files.image, "utf8"), "message-broker.image");
  person.done("Message Broker, to the installed file");
});
