// Variables: one descriptor, another port on each stack.
import { test, expect, accessible } from "../lib/test.js";
import { mq, openStore, prepare, preview, stored } from "../lib/story.js";

const text = (page, name) => page.getByRole("textbox", { name, exact: true });

/** Adds a variable on the page of a group, an image or a stack, and types its value. */
async function give(page, name, value) {
  await text(page, "Name of a new variable").fill(name);
  await page.getByRole("button", { name: "Add variable" }).click();
  const field = text(page, name.toUpperCase());
  await expect(field).toBeFocused();
  await field.fill(value);
}

test("a port that differs by stack", async ({ page, server, admin, shot }) => {
  const objects = mq();
  await prepare(admin, "PROD", {
    ...objects,
    colinrn: { ...objects.colinrn, owner: "colmvsa" },
    tcpipb: { kind: "stack", name: "TCPIPB", image: "colmvsa" },
  });
  await openStore(page, server, "PROD", "image/colmvsa");
  const name = text(page, "Name of a new variable");
  await name.fill("1a");
  await expect(name).toHaveAccessibleDescription(/A capital letter, then/);
  await give(page, "mq", "2414");
  await accessible(page);
  await shot("variables-image");

  await page.goto(`${server.url}/s/PROD/stack/tcpipb/settings`);
  await expect(page.getByRole("main").getByText("2414 (from COLMVSA)")).toBeVisible();
  await give(page, "MQ", "2415-2416");
  await expect(page.getByRole("main").getByText("2414 (from COLMVSA)")).toHaveCount(0);
  await accessible(page);
  // The pane shows this stack, and says so.
  await expect(page.getByRole("complementary", { name: "Policy text" }).getByRole("combobox")).toHaveValue("tcpipb");
  await shot("variables-stack");

  await page.goto(`${server.url}/s/PROD/traffic/colintd`);
  const port = text(page, "Local port, row 1");
  await port.fill("${MQ}");
  await expect(port).toHaveAccessibleDescription(/2414 on TCPIP, 2415-2416 on TCPIPB/);
  await stored(page, 3);
  await accessible(page);
  await shot("variables-descriptor");

  for (const [stack, line] of [["tcpip", /LocalPortRange +2414\n/], ["tcpipb", /LocalPortRange +2415-2416\n/]]) {
    await page.goto(`${server.url}/s/PROD/stack/${stack}/rules`);
    await expect.poll(() => preview(page)).toMatch(line);
  }
  await page.goto(`${server.url}/s/PROD/overview`);
  const ports = page.getByRole("table", { name: "Protected ports" });
  await expect(ports.getByRole("row", { name: /2415-2416.*COLMVSA\.TCPIPB/ })).toBeVisible();

  // Without its own, the stack has the image's again.
  await page.goto(`${server.url}/s/PROD/stack/tcpipb/settings`);
  await page.getByRole("button", { name: "Remove variable MQ" }).click();
  await expect(page.getByRole("main").getByText("2414 (from COLMVSA)")).toBeVisible();
});
