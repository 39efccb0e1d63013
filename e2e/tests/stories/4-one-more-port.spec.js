// Story 4: one more port later. From the stack's page, a press on the line of the port that is
// there, and the new port beside it.
import { test, expect } from "../../lib/test.js";
import { openStore, stored, preview, prepare, goldenText } from "../../lib/story.js";

const line = (page, text) => page.getByRole("complementary", { name: "Policy text" }).getByText(text, { exact: true });

test("one more port, as one more row of the descriptor", async ({ page, server, admin, person, shot }) => {
  await prepare(admin, "PROD");
  await openStore(page, server, "PROD", "stack/tcpip/rules");
  await expect.poll(() => preview(page)).toBe(goldenText("mq.policy"));
  await shot("story4-stack");

  await person.click(line(page, "1415"));
  await expect(page.getByRole("textbox", { name: "Local port, row 2" })).toBeFocused();
  await person.click(page.getByRole("button", { name: "Add traffic row" }));
  await person.fill(page.getByRole("textbox", { name: "Local port, row 3" }), "1416");
  await expect.poll(() => preview(page)).toMatch(/COLINRN~3\n\{\n +LocalAddrGroupRef +COLINAG\n +LocalPortRange +1416\n/);
  await shot("story4-port");
  person.done("One more port, to the rule in the preview", 3);
  // A new row is for both directions; the ones above it are inbound.
  await person.choose(page.getByRole("combobox", { name: "Direction, row 3" }), "Inbound");
  await expect.poll(() => preview(page)).not.toContain("Both");
  person.done("One more port, to the same direction as the others");
  await stored(page, 1);
});

test("one more port, by a list in place of the port that is there", async ({ page, server, admin, person }) => {
  await prepare(admin, "PROD");
  await openStore(page, server, "PROD", "stack/tcpip/rules");
  await expect.poll(() => preview(page)).toBe(goldenText("mq.policy"));
  await person.click(line(page, "1415"));
  const port = page.getByRole("textbox", { name: "Local port, row 2" });
  await expect(port).toBeFocused();
  await person.paste(port, "1415,1416");
  await expect(page.getByRole("textbox", { name: "Local port, row 3" })).toHaveValue("1416");
  await expect(page.getByRole("combobox", { name: "Direction, row 3" })).toHaveValue("inbound");
  await expect.poll(() => preview(page)).toMatch(/COLINRN~3\n\{\n +LocalAddrGroupRef +COLINAG\n +LocalPortRange +1416\n +Direction +Inbound\n/);
  person.done("One more port, pasted, to the rule in the preview", 3);
  await stored(page, 1);
});

test("one more port, as a rule of its own", async ({ page, server, admin, person, shot }) => {
  await prepare(admin, "PROD");
  await openStore(page, server, "PROD", "stack/tcpip/rules");
  const picker = (name) => page.getByRole("combobox", { name, exact: true });
  await person.click(page.getByRole("button", { name: "Add rule" }).first());
  await person.fill(page.getByRole("textbox", { name: "Name", exact: true }), "COLINRN2");
  await person.pick(picker("Traffic descriptor, row 1"), "1414", "COLINTD");
  await person.pick(picker("Security level, row 1"), "COLINSL");
  await expect.poll(() => preview(page)).toContain("COLINRN2~1");
  await shot("story4-rule");
  person.done("A rule of its own for traffic that has a descriptor, to the rule in the preview");
  await stored(page, 1);
});
