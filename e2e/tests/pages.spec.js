// Every page of a store, light and dark, at two widths, empty and with a usual configuration.
import { test, expect, accessible } from "../lib/test.js";
import { openStore, prepare, installQuietly } from "../lib/story.js";

const PAGES = {
  overview: "overview", systems: "systems", traffic: "traffic", levels: "levels", addresses: "addresses", maps: "maps",
  guided: "guided", analysis: "analysis", simulator: "analysis?tab=simulator", tests: "analysis?tab=tests", import: "import", install: "install", setup: "setup", history: "history", review: "review", settings: "settings",
};

const OBJECTS = {
  group: "group/colingr", image: "image/colmvsa",
  "stack-rules": "stack/tcpip/rules", "stack-files": "stack/tcpip/files", "stack-settings": "stack/tcpip/settings",
  rule: "rule/colinrn", descriptor: "traffic/colintd", level: "levels/colinsl", "address-group": "addresses/colinag", map: "maps/colinmap",
  "setup-of-stack": "setup/tcpip", revision: "history?revision=2", "install-chosen": "install?stacks=tcpip",
};

const SIZES = [[1280, 800], [1920, 1080]];

/** Looks at each page in this theme and width; goes on after a finding, and names all of them. */
async function look(page, server, pages, name, theme, width) {
  for (const [words, path] of Object.entries(pages)) {
    await page.goto(`${server.url}/s/PROD/${path}`);
    await expect(page.getByRole("main").getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.locator(".skeleton")).toHaveCount(0);
    await expect.soft(page, `${words} has a title`).toHaveTitle(/PROD – Gatehouse$/);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect.soft(wide, `${words}: wider than the window`).toBeLessThanOrEqual(0);
    // Colours and names do not change with the width.
    if (width === SIZES[0][0]) await accessible(page, expect.soft);
    await page.screenshot({ path: `shots/pages-${name}-${words}-${theme}-${width}.png` });
  }
}

for (const theme of ["light", "dark"]) {
  for (const [width, height] of SIZES) {
    test.describe(`${theme}, ${width} wide`, () => {
      test.use({ colorScheme: theme, viewport: { width, height } });

      test("an empty store", async ({ page, server, admin }) => {
        test.setTimeout(300_000);
        await admin.post("/stores", { name: "PROD", description: "" });
        await openStore(page, server, "PROD");
        await look(page, server, PAGES, "empty", theme, width);
      });

      test("a usual store", async ({ page, server, admin }) => {
        test.setTimeout(480_000);
        await prepare(admin, "PROD");
        await installQuietly(admin, server, "PROD", "tcpip", "first");
        await openStore(page, server, "PROD");
        await look(page, server, { ...PAGES, ...OBJECTS }, "usual", theme, width);
      });
    });
  }
}
