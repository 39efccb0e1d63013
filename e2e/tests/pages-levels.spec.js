// Security levels: lists of codes.
import { test, expect, accessible } from "../lib/test.js";
import { mq, openStore, prepare, preview, stored } from "../lib/story.js";

const CURVES = "TTLSSignatureParms.ClientECurves";
const level = (more = {}) => ({
  kind: "security-level", name: "COLINSL", preset: { name: "AT-TLS__Gold", date: "2026-06" },
  versions: { tls12: true, tls13: true },
  suites: { list: ["1302", "1301", "1303", "C02C", "C030", "C02B", "C02F"] },
  settings: { [CURVES]: ["0023", "0024", "0025", "0029"], "TTLSSignatureParms.ClientKeyShareGroups": ["0023", "0024", "0025", "0029"], "TTLSSignatureParms.ServerKeyShareGroups": ["0023", "0024", "0025", "0029"], ...more.settings },
  ...Object.fromEntries(Object.entries(more).filter(([key]) => key !== "settings")),
});

async function open(page, server, admin, colinsl) {
  await prepare(admin, "PROD", { ...mq(), colinsl });
  await openStore(page, server, "PROD", "levels/colinsl");
  await expect(page.getByRole("heading", { name: "COLINSL", level: 1 })).toBeVisible();
}

const body = async (admin) => (await admin.get("/stores/PROD/draft")).changes.find((it) => it.id === "colinsl").body;
const list = (page, name) => page.getByRole("group", { name: new RegExp(`^${name}`) });
const rows = (page, name) => list(page, name).getByRole("listitem");

async function unfold(page, title) {
  const part = page.locator("details", { has: page.locator("summary", { hasText: title }) }).first();
  if ((await part.getAttribute("open")) === null) await part.locator("summary").click();
}

test("curves and signature pairs are ordered lists with names", async ({ page, server, admin, person, shot }) => {
  await open(page, server, admin, level({ settings: { "TTLSSignatureParms.SignaturePairs": "0601ffff0804" } }));
  const curves = rows(page, "Client curves");
  await expect(curves).toContainText([/0023\s*secp256r1\s*NIST P-256, strength 128 bit, since V1R13/, /secp384r1/, /secp521r1/, /0029\s*x25519.*since V2R4/]);
  await list(page, "Client curves").getByRole("button", { name: "Move down secp256r1" }).focus();
  await page.keyboard.press("Alt+ArrowDown");
  await expect(curves).toContainText([/secp384r1/, /secp256r1/, /secp521r1/, /x25519/]);
  await expect(curves.nth(1)).toBeFocused();
  await page.keyboard.press("Alt+ArrowDown");
  await page.keyboard.press("Alt+ArrowDown");
  await expect(curves.nth(3)).toBeFocused();
  await page.keyboard.press("Delete");
  await expect(curves).toContainText([/secp384r1/, /secp521r1/, /x25519/]);
  await list(page, "Client curves").getByRole("button", { name: "Move up x25519" }).click();
  await person.pick(page.getByRole("combobox", { name: "Add to client curves", exact: true }), "P-256", /secp256r1/);
  await expect(curves).toContainText([/secp384r1/, /x25519/, /secp521r1/, /secp256r1/]);
  const pairs = rows(page, "Signature pairs");
  await expect(pairs).toContainText([/0601.*RSA with SHA-512/, /ffff\s*ffff\s*not known here/, /0804.*RSA-PSS with SHA-256, since V2R4/]);
  await pairs.nth(2).getByRole("button", { name: /^Move up/ }).click();
  await expect(pairs).toContainText([/0601/, /0804/, /ffff/]);
  await stored(page, 1);
  const { settings } = await body(admin);
  expect(settings[CURVES]).toEqual(["0024", "0029", "0025", "0023"]);
  expect(settings["TTLSSignatureParms.SignaturePairs"]).toEqual(["0601", "0804", "ffff"]);
  await accessible(page);
  await shot("level-lists");
  await page.getByRole("button", { name: "Remove ffff" }).click();
  await expect.poll(() => preview(page)).toContain("0804");
  for (const name of ["TLS_SIGALG_SHA512_WITH_RSA", "TLS_SIGALG_SHA256_WITH_RSASSA_PSS"]) {
    await page.getByRole("button", { name: `Remove ${name}` }).click();
  }
  await expect(list(page, "Signature pairs")).toContainText("Not set; default: 0601 0603 0501");
  await page.getByRole("button", { name: "Start from the default of Signature pairs" }).click();
  await expect(pairs).toHaveCount(13);
  await expect(pairs.first()).toBeFocused();
});

test("cipher suites move by keyboard, too", async ({ page, server, admin }) => {
  await open(page, server, admin, level());
  await page.getByRole("button", { name: "Move up TLS_AES_128_GCM_SHA256" }).focus();
  await page.keyboard.press("Alt+ArrowUp");
  await stored(page, 1);
  expect((await body(admin)).suites.list.slice(0, 3)).toEqual(["1301", "1302", "1303"]);
});
