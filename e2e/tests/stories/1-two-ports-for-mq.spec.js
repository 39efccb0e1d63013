// Story 1: two ports for MQ, objects first, then systems, then the rule; installed.
import { readFileSync } from "node:fs";
import { test, expect } from "../../lib/test.js";
import { openStore, stored, go, preview, save, sameAsGolden, below, install } from "../../lib/story.js";

test("two ports for MQ, bottom-up", async ({ page, server, admin, person, shot }) => {
  test.slow();
  await admin.post("/stores", { name: "PROD", description: "Production" });
  await openStore(page, server, "PROD");
  const field = (name, options = { exact: true }) => page.getByRole("textbox", { name, ...options });
  const picker = (name) => page.getByRole("combobox", { name, exact: true });
  const button = (name) => page.getByRole("button", { name, exact: true });

  await go(person, "Traffic Descriptors");
  await person.click(button("New traffic descriptor"));
  await person.fill(field("Name"), "COLINTD");
  await person.fill(field("Local port, row 1"), "1414");
  await person.choose(picker("Direction, row 1"), "Inbound");
  await person.click(button("Add traffic row"));
  await person.fill(field("Local port, row 2"), "1415");
  await person.choose(picker("Direction, row 2"), "Inbound");
  await stored(page, 1);
  await shot("story1-descriptor");

  await go(person, "Address Groups");
  await person.click(button("New address group"));
  await person.fill(field("Name"), "COLINAG");
  await person.fill(field("Address 1"), "10.1.1.2");
  await person.click(button("Add address"));
  await person.fill(field("Address 2"), "10.1.1.3");
  await stored(page, 2);
  await shot("story1-addresses");

  await go(person, "Security Levels");
  await person.click(button("New security level"));
  await person.fill(field("Name"), "COLINSL");
  await person.choose(picker("Use client authentication"), "Required: must be shown and valid");
  await stored(page, 3);
  await shot("story1-level");

  await go(person, "Requirement Maps");
  await person.click(button("New requirement map").first());
  await person.fill(field("Name"), "COLINMAP");
  await person.pick(picker("Traffic descriptor, row 1"), "COLINTD");
  await person.pick(picker("Security level, row 1"), "COLINSL");
  await stored(page, 4);
  await shot("story1-map");

  await go(person, "Systems");
  await person.click(button("Add z/OS group").first());
  await person.fill(field("Name of the new z/OS group"), "COLINGR");
  await person.press("Enter");
  await person.fill(field("Name of the new system image"), "COLMVSA");
  await person.fill(field("Key ring of the new system image"), "START1/COLINRING");
  await person.press("Enter");
  await person.fill(field("Name of the new TCP/IP stack"), "TCPIP");
  await person.press("Enter");
  await stored(page, 7);
  await shot("story1-systems");

  await person.click(page.getByRole("link", { name: "TCPIP", exact: true }));
  await person.click(button("Add rule").first());
  await person.fill(field("Name"), "COLINRN");
  await person.pick(picker("Local data endpoint"), "COLINAG");
  await person.pick(picker("Requirement map"), "COLINMAP");
  await stored(page, 8);
  await expect.poll(() => preview(page)).toContain("COLINRN");
  await shot("story1-rule");
  const shown = await preview(page);

  await save(person, 2, () => shot("story1-review"));

  const files = await install(person, admin, "PROD", "COLMVSA.TCPIP", { shot: () => shot("story1-install") });
  const written = readFileSync(files.policy, "utf8");
  await shot("story1-installed");
  expect(below(written)).toBe(shown);
  sameAsGolden(written, "mq.policy");
  person.done("Two ports for MQ, bottom-up, to the installed file");
});
