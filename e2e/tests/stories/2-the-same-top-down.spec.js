// Story 2: the same as story 1, from the system down; what is missing is made where it is needed.
import { readFileSync } from "node:fs";
import { test, expect } from "../../lib/test.js";
import { openStore, stored, preview, save, make, sameAsGolden, goldenText, go, install, installed } from "../../lib/story.js";

test("two ports for MQ, top-down", async ({ page, server, admin, person, shot }) => {
  test.slow();
  await admin.post("/stores", { name: "PROD", description: "Production" });
  await openStore(page, server, "PROD");
  const button = (name) => page.getByRole("button", { name, exact: true });

  await person.click(button("Add z/OS group").first());
  await person.fill(page.getByLabel("Name of the new z/OS group"), "COLINGR");
  await person.press("Enter");
  await person.fill(page.getByLabel("Name of the new system image"), "COLMVSA");
  await person.fill(page.getByLabel("Key ring of the new system image"), "START1/COLINRING");
  await person.press("Enter");
  await person.fill(page.getByLabel("Name of the new TCP/IP stack"), "TCPIP");
  await person.press("Enter");
  await person.click(page.getByRole("link", { name: "TCPIP", exact: true }));
  await person.click(button("Add rule").first());
  await person.fill(page.getByRole("textbox", { name: "Name", exact: true }), "COLINRN");

  await make(person, page.getByRole("combobox", { name: "Local data endpoint" }), "10.1.1.2, 10.1.1.3");
  const addresses = page.getByRole("dialog", { name: "New address group" });
  await expect(addresses.getByRole("textbox", { name: "Address 2" })).toHaveValue("10.1.1.3");
  await person.fill(addresses.getByRole("textbox", { name: "Name", exact: true }), "COLINAG");
  await shot("story2-address-group");
  await person.click(addresses.getByRole("button", { name: "Done" }));
  await expect(page.getByRole("combobox", { name: "Local data endpoint" })).toHaveValue("COLINAG");

  await make(person, page.getByRole("combobox", { name: "Requirement map" }), "COLINMAP");
  const map = page.getByRole("dialog", { name: "New requirement map" });
  await make(person, map.getByRole("combobox", { name: "Traffic descriptor, row 1" }), "1414,1415");
  const traffic = page.getByRole("dialog", { name: "New traffic descriptor" });
  await person.fill(traffic.getByRole("textbox", { name: "Name", exact: true }), "COLINTD");
  await person.choose(traffic.getByRole("combobox", { name: "Direction, row 1" }), "Inbound");
  await person.choose(traffic.getByRole("combobox", { name: "Direction, row 2" }), "Inbound");
  await shot("story2-nested");
  await person.click(traffic.getByRole("button", { name: "Done" }));
  await make(person, map.getByRole("combobox", { name: "Security level, row 1" }), "COLINSL");
  const level = page.getByRole("dialog", { name: "New security level" });
  await person.choose(level.getByRole("combobox", { name: "Use client authentication" }), "Required: must be shown and valid");
  await person.click(level.getByRole("button", { name: "Done" }));
  await person.click(map.getByRole("button", { name: "Done" }));
  await stored(page, 8);
  await expect.poll(() => preview(page)).toContain("ClientAuthType");
  await shot("story2-rule");
  expect(await preview(page)).toBe(goldenText("mq.policy"));
  await save(person, 2);

  const files = await install(person, admin, "PROD", "COLMVSA.TCPIP");
  sameAsGolden(readFileSync(files.policy, "utf8"), "mq.policy");
  person.done("Two ports for MQ, top-down, to the installed file");
});

test("two ports for MQ, from the template", async ({ page, server, admin, person, shot }) => {
  await admin.post("/stores", { name: "PROD", description: "Production" });
  await openStore(page, server, "PROD");
  await go(person, "Protect an application");
  await person.click(page.getByRole("radio", { name: "IBM MQ" }));
  await person.fill(page.getByRole("textbox", { name: "Local ports, inbound" }), "1414, 1415");
  await person.name(page.getByRole("combobox", { name: "System image" }), "COLMVSA");
  await person.name(page.getByRole("combobox", { name: "TCP/IP stack" }), "TCPIP");
  await person.fill(page.getByRole("textbox", { name: "Key ring" }), "START1/COLINRING");
  await expect.poll(() => preview(page)).toBe(goldenText("mq-template.policy"));
  await shot("story2-guided");
  await person.click(page.getByRole("button", { name: "Save and install", exact: true }));
  const button = page.getByRole("button", { name: /^Install \d+ files?$/ });
  await expect(button).toBeVisible();
  await shot("story2-guided-install");
  await person.click(button);
  await expect(page.getByRole("heading", { name: "Revision 2 is installed on COLMVSA.TCPIP" })).toBeVisible();
  await shot("story2-guided-installed");
  const files = await installed(admin, "PROD");
  sameAsGolden(readFileSync(files.policy, "utf8"), "mq-template.policy");
  person.done("Two ports for MQ, from the template to the installed file", 12);
});
