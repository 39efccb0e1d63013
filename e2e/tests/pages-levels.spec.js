// Security levels: lists of codes, what differs from the preset, and newer presets.
import { test, expect, accessible } from "../lib/test.js";
import { change, mq, openStore, prepare, preview, stored } from "../lib/story.js";

const CURVES = "TTLSSignatureParms.ClientECurves";
const RENEGOTIATION = "TTLSEnvironmentAdvancedParms.Renegotiation";
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

test("each field says where its value comes from, and goes back", async ({ page, server, admin, shot }) => {
  await open(page, server, admin, level({ settings: { [CURVES]: ["0024"], [RENEGOTIATION]: "All" } }));
  await unfold(page, "Renegotiation");
  const renegotiation = page.getByRole("combobox", { name: "Renegotiation", exact: true });
  await expect(renegotiation.locator("option").first()).toHaveText("Not set; default: Default since V1R12");
  await page.getByRole("button", { name: "Unset Renegotiation" }).press("Enter");
  await expect(renegotiation).toHaveValue("");
  await expect(renegotiation).toBeFocused();
  await page.getByRole("button", { name: "Return to the preset: Client curves" }).press("Enter");
  await expect(rows(page, "Client curves")).toHaveCount(4);
  await expect(list(page, "Client curves").locator("..")).toContainText("As AT-TLS__Gold");
  await page.getByRole("switch", { name: "Use TLS V1.2" }).click();
  await page.getByRole("button", { name: "Return to the preset: Use TLS V1.2" }).click();
  await expect(page.getByRole("switch", { name: "Use TLS V1.2" })).toHaveAttribute("aria-checked", "true");
  await expect(page.getByText("As AT-TLS__Gold of 2026-06.")).toBeVisible();
  await shot("level-states");
});

test("only what differs is shown, and remembered", async ({ page, server, admin, shot }) => {
  await open(page, server, admin, level({ settings: { [RENEGOTIATION]: "All" } }));
  const only = page.getByRole("switch", { name: "Only what differs" });
  await only.click();
  await expect(page.getByText(/^\d\d fields are as AT-TLS__Gold says and not shown\.$/)).toBeVisible();
  await expect(page.getByRole("combobox", { name: "Renegotiation", exact: true })).toBeVisible();
  await expect(page.getByRole("switch", { name: "Use TLS V1.2" })).toBeHidden();
  await expect(page.getByText("Session tickets", { exact: true })).toBeHidden();
  await accessible(page);
  await shot("level-only-what-differs");
  await page.getByRole("button", { name: "Unset Renegotiation" }).click();
  await expect(page.getByRole("combobox", { name: "Renegotiation", exact: true }), "nothing goes away under the hands").toBeVisible();
  await page.reload();
  await expect(only).toHaveAttribute("aria-checked", "true");
  await expect(page.getByRole("combobox", { name: "Renegotiation", exact: true })).toBeHidden();
  await only.click();
  await expect(page.getByRole("switch", { name: "Use TLS V1.2" })).toBeVisible();
});

test("a preset says what it holds; a newer one is proposed, unless the level is pinned", async ({ page, server, admin, shot }) => {
  const old = { name: "AT-TLS__Platinum", date: "2025-01" };
  await open(page, server, admin, level({ preset: old }));
  const main = page.getByRole("main");
  const proposed = main.getByText(/AT-TLS__Platinum of 2026-06 is supplied now, and says something else/);
  await expect(proposed).toBeVisible();
  await main.getByText("What AT-TLS__Platinum of 2026-06 says").click();
  await expect(main.getByRole("definition").first()).toHaveText("TLS 1.3");
  await expect(main.getByText(/^It started from AT-TLS__Platinum of 2025-01; 2026-06 is supplied now, and differs:$/)).toBeVisible();
  await accessible(page);
  await shot("level-newer-preset");
  await main.getByRole("checkbox", { name: "Pinned" }).check();
  await expect(proposed).toBeHidden();
  await main.getByRole("checkbox", { name: "Pinned" }).uncheck();
  await main.getByRole("button", { name: "Fix: take over AT-TLS__Platinum of 2026-06" }).click();
  await page.getByRole("button", { name: "Undo" }).click();
  await main.getByRole("button", { name: "Take over 2026-06" }).click();
  await expect(page.getByText("As AT-TLS__Platinum of 2026-06.")).toBeVisible();
  await stored(page, 1);
  const { versions, preset } = await body(admin);
  expect([versions.tls13, versions.tls12, preset.date]).toEqual([true, false, "2026-06"]);
});

test("a level made on the page follows the default preset", async ({ page, server, admin, shot }) => {
  await open(page, server, admin, level());
  await change(admin, "PROD", { bare: { kind: "security-level", name: "BARE", suites: "system-defaults", versions: {} } });
  await page.goto(`${server.url}/s/PROD/levels`);
  await page.getByRole("button", { name: /^New security level/ }).click();
  await expect(page.getByText("As AT-TLS__Gold of 2026-06.")).toBeVisible();
  await page.goto(`${server.url}/s/PROD/levels/bare`);
  await page.getByRole("switch", { name: "Only what differs" }).click();
  await expect(page.getByText(/fields are left to AT-TLS and not shown\./)).toBeVisible();
  await expect(page.getByRole("switch", { name: "Use TLS V1.2" }), "what mends a finding is shown").toBeVisible();
  await shot("level-bare");
});
