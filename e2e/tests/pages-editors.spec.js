// Editors of address groups and levels: pasted tables, overlaps, tags, and how they look.
import { test, expect, accessible } from "../lib/test.js";
import { change, mq, openStore, prepare, stored } from "../lib/story.js";

const group = (name, addresses, more = {}) => ({ kind: "address-group", name, addresses, ...more });

test("a pasted table gives its column of addresses", async ({ page, server, admin, person, shot }) => {
  await prepare(admin, "PROD", { ...mq(), empty: group("EMPTY", [""]) });
  await openStore(page, server, "PROD", "addresses/empty");
  const first = page.getByRole("textbox", { name: "Address 1", exact: true });
  await person.paste(first, "Site;IP address;Comment\r\n\"Branch; north\";10.20.0.0/16;old\r\nsouth;10.21.0.0/16;\r\nwest;tbd;");
  await expect(page.getByRole("textbox", { name: "Address 2", exact: true })).toHaveValue("10.21.0.0/16");
  await expect(first).toHaveValue("10.20.0.0/16");
  await expect(page.getByRole("textbox", { name: "Address 3", exact: true }), "nothing is lost").toHaveValue("tbd");
  await stored(page, 1);
  expect((await admin.get("/stores/PROD/draft")).changes[0].body.addresses).toEqual(["10.20.0.0/16", "10.21.0.0/16", "tbd"]);
  await accessible(page);
  await shot("addresses-pasted");

  // What comes with Gatehouse takes no paste, and no row by Enter.
  await page.goto(`${server.url}/s/PROD/addresses/supplied.All_IPv4_Addresses`);
  const before = await first.inputValue();
  await person.paste(first, "10.1.1.1\n10.1.1.2");
  await first.press("Enter");
  await expect(first).toHaveValue(before);
  await expect(page.getByRole("textbox", { name: /^Address \d+$/ })).toHaveCount(1);
  await stored(page, 1);
});

test("overlaps with other groups and within the group are told", async ({ page, server, admin, shot }) => {
  await prepare(admin, "PROD", {
    ...mq(),
    wide: group("WIDE", ["10.1.0.0/16"]),
    east: group("EAST", ["10.1.1.3-10.1.1.9", "192.168.1.1"]),
    own: group("OWN", ["10.1.1.1-10.1.1.5", "10.1.1.4-10.1.1.20"]),
  });
  await openStore(page, server, "PROD", "addresses/own");
  const overlaps = page.getByRole("list", { name: "Overlaps" });
  await expect(overlaps.getByRole("listitem")).toContainText([
    /^10\.1\.1\.1-10\.1\.1\.5 overlaps with 10\.1\.1\.4-10\.1\.1\.20/,
    /holds 10\.1\.1\.2 of COLINAG/,
    /overlaps with 10\.1\.1\.3-10\.1\.1\.9 of EAST|holds 10\.1\.1\.3-10\.1\.1\.9 of EAST/,
  ]);
  await expect(overlaps).toContainText("lies within 10.1.0.0/16 of WIDE");
  await accessible(page);
  await shot("addresses-overlaps");
  await overlaps.getByRole("link", { name: "WIDE" }).click();
  await expect(page.getByRole("heading", { name: "WIDE", level: 1 })).toBeVisible();
  await page.goto(`${server.url}/s/PROD/addresses/supplied.All_IPv4_Addresses`);
  await expect(page.getByRole("heading", { name: "All_IPv4_Addresses" })).toBeVisible();
  await expect(overlaps).toBeHidden();
});

test("tags are shown and edited", async ({ page, server, admin }) => {
  await prepare(admin, "PROD");
  await change(admin, "PROD", { colinsl: { kind: "security-level", name: "COLINSL", tags: ["pci scope", "payroll"] } });
  await openStore(page, server, "PROD", "levels/colinsl");
  const tags = page.getByRole("textbox", { name: "Tags", exact: true });
  await expect(tags).toHaveValue("pci scope, payroll");
  await page.keyboard.press("Control+K");
  await page.getByRole("combobox", { name: "Search and jump" }).fill("payroll");
  await expect(page.getByRole("option", { name: /^COLINSL/ })).toBeVisible();
  await page.keyboard.press("Escape");
  await tags.fill("");
  await tags.pressSequentially("audit, mq,");
  await expect(tags).toHaveValue("audit, mq,");
  await stored(page, 1);
  const body = async () => (await admin.get("/stores/PROD/draft")).changes[0].body;
  expect((await body()).tags).toEqual(["audit", "mq"]);
  for (const path of ["traffic/colintd", "addresses/colinag", "maps/colinmap"]) {
    await page.goto(`${server.url}/s/PROD/${path}`);
    await expect(tags).toBeEditable();
  }
});

for (const [scheme, width] of [["light", 1280], ["dark", 1280], ["light", 1920], ["dark", 1920]]) {
  test(`the editors look as meant, ${scheme}, ${width}`, async ({ page, server, admin, shot }) => {
    await page.setViewportSize({ width, height: 1000 });
    await page.emulateMedia({ colorScheme: scheme });
    const many = Array.from({ length: 40 }, (_, at) => `10.${at}.0.0/16`);
    await prepare(admin, "PROD", { ...mq(), many: group("MANY", many), wide: group("WIDE", ["10.0.0.0/8"]) });
    const old = { name: "AT-TLS__Bronze", date: "2025-01" };
    await change(admin, "PROD", { colinsl: { kind: "security-level", name: "COLINSL", preset: old, tags: ["payroll"], settings: { "TTLSSignatureParms.ClientECurves": ["0023", "0019", "9999"] } } });
    await openStore(page, server, "PROD", "levels/colinsl");
    await expect(page.getByText(/is supplied now, and says something else/)).toBeVisible();
    await shot(`editors-level-${scheme}-${width}`);
    await page.getByRole("group", { name: /^Client curves/ }).scrollIntoViewIfNeeded();
    await page.getByRole("button", { name: "Unset Client curves" }).scrollIntoViewIfNeeded();
    await accessible(page);
    await shot(`editors-lists-${scheme}-${width}`);
    await page.goto(`${server.url}/s/PROD/addresses/many`);
    await page.getByRole("list", { name: "Overlaps" }).scrollIntoViewIfNeeded();
    await shot(`editors-addresses-${scheme}-${width}`);
    await page.goto(`${server.url}/s/PROD/traffic/colintd`);
    await page.getByRole("button", { name: "Help for Local port" }).click();
    await accessible(page);
    await shot(`editors-traffic-${scheme}-${width}`);
  });
}
