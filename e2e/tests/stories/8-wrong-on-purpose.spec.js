// Story 8: each finding typed by hand, seen at its field, mended by its fix or by the right value.
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test, expect } from "../../lib/test.js";
import { openStore, prepare, mq } from "../../lib/story.js";

const seen = new Set();

/** Findings that no field of a page can bring about, and why. */
const NOT_BY_HAND = {
  GH010: "what is used cannot be deleted; only a merge of two drafts leaves it",
  GH011: "pickers offer objects of the right kind only",
  GH015: "inputs exist for known parameters only",
  GH019: "the release of each setting that has an input is confirmed by a manual",
  GH057: "suites are picked from a list",
  GH058: "the list leaves out what is chosen",
  GH060: "what is picked is stored as its code",
  GH064: "a preset of another date comes with another version of Gatehouse",
  GH072: "a rule is made on its stack",
  GH091: "the page makes variables with good names only",
  GH081: "an image is picked, and cannot be emptied",
};

const text = (page, name) => page.getByRole("textbox", { name, exact: true });
const choice = (page, name) => page.getByRole("combobox", { name, exact: true });
const list = (page, name) => page.getByRole("group", { name: new RegExp(`^${name} `) });
const toggle = (page, name) => page.getByRole("switch", { name, exact: true });

/** Opens folded parts of the page, as a person would who looks for a setting. */
async function unfold(page, title) {
  const part = page.locator("details", { has: page.locator("summary", { hasText: title }) }).first();
  if ((await part.getAttribute("open")) !== null) return;
  await part.locator("summary").click();
  await expect(part, `${title} is open after one click`).toHaveAttribute("open", "");
}

/** Does what is wrong, sees the message, mends it, and sees it gone. */
async function wrong(person, code, act, says, mend, where) {
  const { page } = person;
  await test.step(`${code}: ${says}`, async () => {
    await act();
    const message = page.getByRole("main").getByText(says).first();
    await expect(message, `${code} is seen`).toBeVisible();
    if (where) await expect(where, `${code} is said of its field`).toHaveAccessibleDescription(says);
    if (typeof mend === "string") {
      await person.click(page.getByRole("main").getByRole("button", { name: `Fix: ${mend}`, exact: true }).first());
    } else {
      await mend();
    }
    await expect(page.getByRole("main").getByText(says), `${code} is mended`).toHaveCount(0);
    seen.add(code);
  });
}

async function open(page, server, admin, path, objects = mq()) {
  test.slow();
  await prepare(admin, "PROD", objects);
  await openStore(page, server, "PROD", path);
  await expect(page.getByRole("main").getByRole("heading", { level: 1 })).toBeVisible();
}

test("names and addresses", async ({ page, server, admin, person, shot }) => {
  await open(page, server, admin, "addresses/colinag", { ...mq(), other: { kind: "address-group", name: "OTHER", addresses: ["10.9.9.9"] } });
  const name = text(page, "Name");
  const first = text(page, "Address 1");
  await wrong(person, "GH001", () => person.fill(name, "COLIN AG"), /is no name: /, "write COLIN_AG", name);
  await wrong(person, "GH002", () => person.fill(name, "other"), /has the same name as another one/, () => person.fill(name, "COLINAG"), name);
  await wrong(person, "GH020", () => person.fill(first, "10.1.1.300"), /10\.1\.1\.300 is no address/, () => person.fill(first, "10.1.1.2"), first);
  await wrong(person, "GH020", () => person.fill(first, "10.1.1.9-10.1.1.2"), /is no address/, "write 10.1.1.2-10.1.1.9", first);
  await wrong(person, "GH022", async () => {}, /10\.1\.1\.3 is contained in 10\.1\.1\.2-10\.1\.1\.9/, "remove it");
  await wrong(person, "GH021", () => person.fill(first, "10.1.1.2/16"), /has bits set behind its prefix/, "write 10.1.0.0/16", first);
  await wrong(person, "GH023", () => person.fill(first, "0.0.0.0"), /is in a group/, () => person.fill(first, "10.1.1.2"), first);
  await wrong(person, "GH025", () => person.fill(first, "1414"), /looks like a port/, () => person.fill(first, "10.1.1.2"), first);
  await wrong(person, "GH012", () => person.pick(choice(page, "Add an address group"), "COLINAG"), /contains itself/,
    () => person.click(page.getByRole("button", { name: "Remove address group 1" })));
  await wrong(person, "GH024", () => person.click(page.getByRole("button", { name: "Remove address 1" })), /has no address/, async () => {
    await person.click(page.getByRole("button", { name: "Add address" }));
    await person.fill(first, "10.1.1.2");
  });
  const host = text(page, "Host 1");
  await person.click(page.getByRole("button", { name: "Add host" }));
  await wrong(person, "GH026", () => person.fill(host, "mq one"), /is no host name: /, () => person.fill(host, "localhost"), host);
  await wrong(person, "GH027", async () => {}, /No address of host localhost is recorded/,
    () => person.click(page.getByRole("button", { name: "Look up host 1" })), host);
  await wrong(person, "GH028", async () => {}, /is no address that a partner has/, () => person.click(page.getByRole("button", { name: "Remove host 1" })));
  await shot("story8-addresses");
  person.done("Names and addresses, wrong and mended");
});

test("traffic", async ({ page, server, admin, person, shot }) => {
  await open(page, server, admin, "traffic/colintd");
  const port = text(page, "Local port, row 1");
  const job = text(page, "Job name, row 1");
  const ring = text(page, "Key ring");
  const stash = text(page, "Stash file");
  await wrong(person, "GH031", () => person.fill(port, "1420-1415"), /Local port: /, "write 1415-1420", port);
  await wrong(person, "GH031", () => person.fill(port, "99999"), /Local port: /, () => person.fill(port, "1414"), port);
  await wrong(person, "GH032", () => person.fill(job, "CSQ*CHIN"), /Jobname CSQ\*CHIN/, "write CSQ*", job);
  await wrong(person, "GH032", () => person.fill(job, "QUEUEMANAGER"), /Jobname QUEUEMANAGER/, "write QUEUEMA*", job);
  await person.fill(job, "");
  await wrong(person, "GH034", () => person.choose(choice(page, "Handshake role, row 1"), "Client"), /Inbound traffic with the role Client/, "follow the direction", choice(page, "Handshake role, row 1"));
  await wrong(person, "GH035", () => person.fill(ring, "START1.COLINRING"), /names a ring with a dot in its name/, "write START1/COLINRING", ring);
  await wrong(person, "GH040", () => person.fill(stash, "/etc/key.sth"), /A stash file stands beside/, () => person.fill(stash, ""), stash);
  await wrong(person, "GH041", () => person.fill(ring, "/etc/key.kdb"), /has no stash file/, () => person.fill(stash, "/etc/key.sth"), stash);
  await person.fill(stash, "");
  await person.fill(ring, "");
  await wrong(person, "GH038", () => person.fill(text(page, "Certificate label"), "MQ\u00a0CERT{"), /Certificate label: /, () => person.fill(text(page, "Certificate label"), "MQCERT"), text(page, "Certificate label"));
  await wrong(person, "GH037", async () => {
    await person.fill(job, "TN3270A");
    await expect(page.getByText(/asks for the handshake itself/).first(), "GH037 is not folded away").toBeVisible();
  }, /asks for the handshake itself/, "switch it on");
  await person.fill(job, "");
  await unfold(page, "Row 1: Handshake");
  const timeout = text(page, "Handshake timeout (seconds)");
  await wrong(person, "GH016", () => person.fill(timeout, "soon"), /soon is not allowed/, "empty the field", timeout);
  await wrong(person, "GH017", () => person.fill(timeout, "9999"), /9999 is perhaps not allowed/, "empty the field", timeout);
  await unfold(page, "Row 1: Record size");
  await wrong(person, "GH014", () => person.choose(choice(page, "Max fragment, client"), "Required"), /is Required, and Max fragment length, client is not set/,
    () => person.choose(choice(page, "Max fragment length, client"), "1024"), choice(page, "Max fragment, client"));
  await wrong(person, "GH039", () => person.fill(text(page, "Local port, row 2"), "1414"), /Row 2 has the conditions of row 1/, "remove it", text(page, "Local port, row 2"));
  await wrong(person, "GH030", () => person.click(page.getByRole("button", { name: "Remove, row 1" })), /has no row/,
    () => person.click(page.getByRole("button", { name: "Add traffic row" })));
  await shot("story8-traffic");
  person.done("Traffic, wrong and mended");
});

test("many server certificate labels", async ({ page, server, admin, person }) => {
  await open(page, server, admin, "traffic/colintd");
  const labels = text(page, "Server certificate labels");
  await wrong(person, "GH036", () => person.fill(labels, "A\nB\nC\nD\nE\nF\nG\nH\nI"), /9 server certificate labels/, () => person.fill(labels, "A\nB"), labels);
});

test("security levels", async ({ page, server, admin, person, shot }) => {
  await open(page, server, admin, "levels/colinsl");
  const remove = (suite) => person.click(page.getByRole("button", { name: `Remove ${suite}`, exact: true }));
  const on = (version) => person.click(toggle(page, `Use ${version}`));
  const add = (suite) => person.pick(choice(page, "Add a cipher suite"), suite);
  await wrong(person, "GH059", () => on("TLS V1.1"), /TLS V1\.1 is on/, () => on("TLS V1.1"));
  await wrong(person, "GH055", () => on("TLS V1.1"), /TLS V1\.1 is on, and no chosen cipher suite works with it/, "switch TLS V1.1 off");
  await wrong(person, "GH056", () => on("TLS V1.3"), /TLS_AES_256_GCM_SHA384 works only with TLS 1\.3, which is off/, "remove it");
  await remove("TLS_AES_128_GCM_SHA256");
  await remove("TLS_CHACHA20_POLY1305_SHA256");
  await wrong(person, "GH051", () => on("TLS V1.3"), /no TLS 1\.3 cipher suite is chosen \(return code 519, or 402\)/, "add 1302, 1301, 1303");
  await wrong(person, "GH050", async () => { await on("TLS V1.3"); await on("TLS V1.2"); }, /^No protocol version is on/, async () => { await on("TLS V1.2"); await on("TLS V1.3"); });
  await unfold(page, "Key exchange");
  const client = list(page, "Client key share groups");
  const curves = list(page, "Client curves");
  const clear = async (of) => {
    for (let left = await of.getByRole("listitem").count(); left > 0; left -= 1) {
      await person.click(of.getByRole("button", { name: /^Remove / }).first());
      await expect(of.getByRole("listitem")).toHaveCount(left - 1);
    }
  };
  const put = (to, code) => person.pick(choice(page, `Add to ${to}`), code);
  await wrong(person, "GH052", async () => { await clear(client); await clear(list(page, "Server key share groups")); }, /no key share groups are named \(return code 515\)/, "name 0023, 0024, 0025, 0029", client);
  await wrong(person, "GH053", async () => { await clear(curves); await put("client curves", "0023"); await clear(client); await put("client key share groups", "0030"); }, /is among the client’?'?s curves .*\(return code 517\)/, "add the groups to the curves", client);
  await wrong(person, "GH063", () => put("client curves", "Any"), /Any stands beside other curves/, "leave only Any", curves);
  await unfold(page, "FIPS 140");
  await wrong(person, "GH061", () => person.choose(choice(page, "FIPS 140"), "On"), /and TLS_CHACHA20_POLY1305_SHA256 cannot be used with it/, "remove it");
  await person.choose(choice(page, "FIPS 140"), { index: 0 });
  const profile = choice(page, "Suite B profile");
  await wrong(person, "GH062", () => person.choose(profile, "128"), /Suite B profile 128 replaces/, () => person.choose(profile, { index: 0 }), profile);
  for (const suite of ["ECDSA_WITH_AES_256", "RSA_WITH_AES_256", "ECDSA_WITH_AES_128", "RSA_WITH_AES_128"]) {
    await remove(`TLS_ECDHE_${suite}_GCM_SHA${suite.endsWith("256") ? 384 : 256}`);
  }
  await wrong(person, "GH054", () => on("TLS V1.3"), /No chosen cipher suite works with any protocol version that is on \(return code 402\)/, "add C02C, C030, C02B, C02F");
  await wrong(person, "GH059", () => add("0005"), /is broken or gives no encryption/, () => remove("TLS_RSA_WITH_RC4_128_SHA"));
  await shot("story8-level");
  person.done("Security levels, wrong and mended");
});

test("an older release", async ({ page, server, admin, person, shot }) => {
  await open(page, server, admin, "image/colmvsa");
  await person.choose(choice(page, "z/OS release"), "z/OS V2R3");
  await page.getByRole("link", { name: "Security Levels" }).click();
  await person.click(page.getByRole("link", { name: "COLINSL" }));
  await expect(page.getByText(/needs z\/OS V2R4|came with z\/OS V2R4/).first()).toBeVisible();
  await shot("story8-release");
  const servers = list(page, "Server key share groups");
  await expect(servers).toHaveAccessibleDescription(/z\/OS V2R4.* and image COLMVSA has V2R3/);
  const newer = /needs z\/OS V2R4, and image COLMVSA has V2R3/;
  await test.step("GH018", async () => {
    const main = page.getByRole("main");
    const before = await main.getByText(newer).count();
    expect(before, "GH018 is seen").toBeGreaterThan(0);
    await person.click(main.getByRole("button", { name: "Fix: empty the field" }).first());
    await expect(main.getByText(newer)).toHaveCount(before - 1);
    seen.add("GH018");
  });
  await unfold(page, "Compatibility");
  const middle = choice(page, "Middlebox compatibility");
  const middlebox = /Middlebox compatibility needs z\/OS V2R4, and image COLMVSA has V2R3/;
  await wrong(person, "GH018", () => person.choose(middle, "On"), middlebox, () => person.choose(middle, { index: 0 }), middle);
  person.done("An older release");
});

test("rules", async ({ page, server, admin, person, shot }) => {
  const objects = mq();
  objects.colinrn = { ...objects.colinrn, map: { own: [{ traffic: "colintd", level: "colinsl" }] } };
  await open(page, server, admin, "rule/colinrn", { ...objects, all: { kind: "traffic-descriptor", name: "EVERYTHING", rows: [{ direction: "inbound" }] } });
  const traffic = choice(page, "Traffic descriptor, row 1");
  await wrong(person, "GH070", () => person.click(page.getByRole("button", { name: "Remove, row 1" })), /No traffic is mapped to a protection/,
    () => person.click(page.getByRole("button", { name: "Add traffic" })));
  await wrong(person, "GH071", () => person.pick(traffic, "COLINTD"), /Mapping 1 has no security level/, () => person.pick(choice(page, "Security level, row 1"), "COLINSL"));
  await person.pick(choice(page, "Local data endpoint"), "All_IP_Addresses");
  await wrong(person, "GH075", () => person.pick(traffic, "EVERYTHING"), /matches every connection of the stack/, () => person.pick(traffic, "COLINTD"));
  await page.getByText("Change", { exact: true }).click();
  const clear = choice(page, "Trace of clear text");
  await wrong(person, "GH076", () => person.choose(clear, "On"), /Switch the trace of clear text off when it is done/, () => person.choose(clear, "As the stack"), clear);
  const end = async (name, address) => {
    await person.fill(choice(page, name), address);
    await choice(page, name).blur();
  };
  await end("Local data endpoint", "10.1.1.2");
  await wrong(person, "GH078", () => end("Remote data endpoint", "fd00::2"), /No connection meets all conditions of row 1 of COLINTD/,
    () => end("Remote data endpoint", "All"), choice(page, "Remote data endpoint"));
  await person.click(page.getByRole("checkbox", { name: "Only at these times" }));
  const time = text(page, "Time of day");
  await wrong(person, "GH074", () => person.fill(time, "25:00-26:00"), /Effective times: /, () => person.fill(time, "08:00-17:00"), time);
  await shot("story8-rule");
  person.done("Rules, wrong and mended");
});

for (const [code, level, says] of [
  ["GH073", "COLINSL", /never matches on TCPIP: COLINRN above covers it\./],
  ["GH077", "NONE", /above covers it and does not protect/],
]) {
  test(`a rule that others cover: ${code}`, async ({ page, server, admin, person }) => {
      const objects = mq();
    await open(page, server, admin, "rule/second", {
      ...objects,
      none: { kind: "security-level", name: "NONE", protect: false },
      colinrn: { ...objects.colinrn, order: "d", map: { own: [{ traffic: "colintd", level: "colinsl" }] } },
      extra: { kind: "traffic-descriptor", name: "EXTRA", rows: [{ local_port: "1500", direction: "inbound" }] },
      second: { kind: "rule", name: "SECOND", owner: "tcpip", order: "h", local: { group: "colinag" }, map: { own: [{ traffic: "extra", level: "colinsl" }] } },
    });
    if (level === "NONE") {
      await person.click(page.getByRole("link", { name: "TCPIP" }));
      await person.click(page.getByRole("link", { name: "COLINRN" }));
      await person.pick(choice(page, "Security level, row 1"), "NONE");
      await person.click(page.getByRole("link", { name: "TCPIP" }));
      await person.click(page.getByRole("link", { name: "SECOND" }));
    }
    const traffic = choice(page, "Traffic descriptor, row 1");
    await wrong(person, code, () => person.pick(traffic, "COLINTD"), says, () => person.pick(traffic, "EXTRA"));
  });
}

test("systems", async ({ page, server, admin, person, shot }) => {
  await open(page, server, admin, "image/colmvsa", { ...mq(), tcpipb: { kind: "stack", name: "TCPIPB", image: "colmvsa" } });
  const ring = text(page, "Key ring");
  await wrong(person, "GH035", () => person.fill(ring, "START1.COLINRING"), /names a ring with a dot in its name/, "write START1/COLINRING", ring);
  await wrong(person, "GH080", () => person.fill(ring, ""), /has no key ring/, () => person.fill(ring, "START1/COLINRING"), ring);
  await wrong(person, "GH001", () => person.fill(text(page, "Name"), "1COLMVSASYS"), /is no name: /, "write COLMVSAS", text(page, "Name"));
  await page.goto(`${server.url}/s/PROD/stack/tcpipb/settings`);
  const file = text(page, "Policy file");
  await wrong(person, "GH082", () => person.fill(file, "/etc/pagent ttls"), /Policy file: /, () => person.fill(file, ""), file);
  await wrong(person, "GH083", () => person.fill(file, "/etc/pagent.TCPIP.ttls"), /is also written by stack TCPIP/, () => person.fill(file, ""), file);
  const refresh = text(page, "Refresh of the policy file");
  await wrong(person, "GH085", () => person.fill(refresh, "PURGE 600"), /belongs to the image file/, () => person.fill(refresh, ""), refresh);
  const further = text(page, "Further statements of the policy file");
  await wrong(person, "GH086", () => person.fill(further, "Other thing\n{"), /line 2: /, () => person.fill(further, ""), further);
  await wrong(person, "GH087", () => person.fill(further, "TTLSRule A\n{\n}"), /belongs elsewhere/, () => person.fill(further, ""), further);
  const clear = page.getByRole("checkbox", { name: /^Trace of clear text/ });
  await wrong(person, "GH084", () => person.click(clear), /Switch it off here, and on for the one rule that needs it/, () => person.click(clear));
  await shot("story8-stack");
  person.done("Systems, wrong and mended");
});

test("variables", async ({ page, server, admin, person }) => {
  await open(page, server, admin, "traffic/colintd");
  const port = text(page, "Local port, row 1");
  await wrong(person, "GH090", () => person.fill(port, "${MQPORT}"), /\$\{MQPORT\} has no value on stack TCPIP/, () => person.fill(port, "1414"), port);
});

test("nothing uses it", async ({ page, server, admin, person }) => {
  await open(page, server, admin, "traffic");
  await person.click(page.getByRole("button", { name: "New traffic descriptor" }).first());
  await person.fill(text(page, "Name"), "SPARE");
  await expect(text(page, "Name")).toHaveAccessibleDescription(/Nothing uses this traffic descriptor/);
  seen.add("GH013");
});

test("every finding is in this story", () => {
  const folder = resolve(import.meta.dirname, "../../../generator/src/problems");
  const sources = readdirSync(folder).filter((name) => name.endsWith(".rs") && name !== "tests.rs").map((name) => readFileSync(join(folder, name), "utf8"));
  const codes = sources.flatMap((source) => [...source.matchAll(/^ {4}[A-Z0-9_]+ = "(GH\d+)"/gm)].map((found) => found[1])).sort();
  const here = readFileSync(import.meta.filename, "utf8");
  const missing = codes.filter((code) => !NOT_BY_HAND[code] && !here.includes(`"${code}"`));
  console.log(`      ${seen.size} of ${codes.length} findings seen and mended; ${Object.keys(NOT_BY_HAND).length} cannot be typed by hand`);
  expect(missing).toEqual([]);
});
