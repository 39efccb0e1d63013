// The pictures of README and docs/: `make pictures` draws them again.
import { expect } from "../lib/test.js";
import { partner, test } from "../lib/engine.js";
import { openStore, prepare, installQuietly, mq, stored } from "../lib/story.js";

test.skip(!process.env.PICTURES, "only drawn on demand");
test.use({ viewport: { width: 1440, height: 900 } });

function store() {
  const row = (local_port, jobname, label) => ({ local_port, jobname, certificate_label: label, direction: "inbound" });
  const map = (traffic, level) => ({ own: [{ traffic, level }] });
  return {
    ...mq(),
    tn: { kind: "traffic-descriptor", name: "TN3270", rows: [row("992", "TN3270*", "TN3270 2026")] },
    db: { kind: "traffic-descriptor", name: "DB2DRDA", rows: [row("448", "DB1ADIST", "DB1A 2026")] },
    branches: { kind: "address-group", name: "BRANCHES", addresses: ["10.20.0.0/16", "10.21.0.0/16"] },
    tnrule: { kind: "rule", name: "TN3270", owner: "tcpip", order: "p", remote: { group: "branches" }, map: map("tn", "supplied.AT-TLS__Gold") },
    dbrule: { kind: "rule", name: "DB2", owner: "tcpip", order: "q", map: map("db", "supplied.AT-TLS__Gold") },
  };
}

test("pictures", async ({ page, server, admin, engines }) => {
  test.slow();
  const picture = (name) => page.screenshot({ path: `../docs/pictures/${name}.png` });
  await prepare(admin, "PROD", store());
  await installQuietly(admin, server, "PROD", "tcpip", "CHG0041: MQ channels over TLS 1.3");
  await openStore(page, server, "PROD", "overview");
  await expect(page.getByText("4 of 4")).toBeVisible();
  await picture("overview");

  await page.goto(`${server.url}/s/PROD/rule/colinrn`);
  await expect(page.getByRole("heading", { name: "COLINRN" })).toBeVisible();
  await page.getByRole("combobox", { name: "Security level, row 1" }).focus();
  await picture("rule");

  await page.goto(`${server.url}/s/PROD/traffic/colintd`);
  await page.getByRole("textbox", { name: "Local port, row 1" }).fill("1420-1415");
  await expect(page.getByRole("button", { name: "Fix: write 1415-1420" }).first()).toBeVisible();
  await picture("finding");
  await page.getByRole("button", { name: "Fix: write 1415-1420" }).first().click();
  await stored(page, 1);

  await page.goto(`${server.url}/s/PROD/review`);
  await expect(page.getByRole("button", { name: "Save revision 3" })).toBeEnabled();
  await picture("review");

  const port = await engines.start("main", { rule: "COLINRN~1" });
  await expect(partner(port, { maxVersion: "TLSv1.2", ciphers: "ECDHE-ECDSA-AES256-GCM-SHA384" })).rejects.toThrow();
  await page.goto(`${server.url}/s/PROD/runtime?show=failures`);
  await expect(page.getByRole("article").getByRole("heading", { name: /^What helps/ })).toBeVisible();
  await picture("runtime");
});
