// Story 7: two installs, a mistake, and the way back to the file that worked.
import { readFileSync } from "node:fs";
import { test, expect } from "../../lib/test.js";
import { openStore, below, prepare, change, mq, install, installQuietly, goldenText } from "../../lib/story.js";

test("the previous file is back in two actions", async ({ page, server, admin, person, shot }) => {
  test.slow();
  await prepare(admin, "PROD");
  const { policy } = await installQuietly(admin, server, "PROD", "tcpip", "works");
  const worked = readFileSync(policy, "utf8");
  expect(below(worked)).toBe(goldenText("mq.policy"));
  // The mistake: a port that nobody listens on.
  const { colintd } = mq();
  colintd.rows[0].local_port = "14144";
  await change(admin, "PROD", { colintd });
  await openStore(page, server, "PROD");
  await install(person, admin, "PROD", "COLMVSA.TCPIP", { first: false, shot: () => shot("story7-mistake") });
  expect(readFileSync(policy, "utf8")).toContain("14144");
  person.done("The mistake, installed");

  const before = person.actions;
  await person.click(page.getByRole("button", { name: /^Return COLMVSA\.TCPIP to previous/ }).first());
  const panel = page.getByRole("dialog", { name: "Install 1 of COLMVSA.TCPIP" });
  const back = panel.getByRole("button", { name: /^Install \d+ files? of revision 2$/ });
  await expect(back).not.toHaveAttribute("aria-disabled", "true");
  await shot("story7-compared");
  await person.click(back);
  await expect(page.getByRole("heading", { name: "COLMVSA.TCPIP has the files of revision 2 again" })).toBeVisible();
  await shot("story7-returned");
  expect(readFileSync(policy, "utf8")).toBe(worked);
  person.actions -= before;
  person.done("Back to the previous file", 2);
});
