// Two hosts joined by a wire, as namespaces of the kernel: `server` has programs, `client` their partners.
import { execFileSync, spawn, spawnSync } from "node:child_process";

let made = 0;

/** Why hosts cannot be made here; nothing: they can. Where CI is set, missing programs are an error. */
export function withoutHosts() {
  const tried = spawnSync("unshare", ["--net", "nft", "list", "tables"], { encoding: "utf8" });
  if (tried.status === 0) return undefined;
  // Of a program that is missing, `unshare` tells with a code of its own.
  const missing = tried.error?.code === "ENOENT" || tried.status === 127;
  if (missing && process.env.CI) throw new Error("unshare or nft is missing, and CI is set");
  return `the kernel permits no namespaces with a packet filter: ${tried.stderr ?? tried.error}`;
}

export class Hosts {
  constructor() {
    made += 1;
    const name = (host) => `gatehouse-e2e-${process.pid}-${made}-${host}`;
    this.client = new Host(name("client"), "10.97.0.1");
    this.server = new Host(name("server"), "10.97.0.2");
    const [one, two] = [this.client, this.server];
    ip("link", "add", "wire", "netns", one.name, "type", "veth", "peer", "name", "wire", "netns", two.name);
    for (const host of [one, two]) {
      ip("-n", host.name, "addr", "add", `${host.address}/24`, "dev", "wire");
      ip("-n", host.name, "link", "set", "wire", "up");
      ip("-n", host.name, "link", "set", "lo", "up");
    }
  }

  async stop() {
    for (const host of [this.client, this.server]) await host.stop();
  }
}

class Host {
  constructor(name, address) {
    this.name = name;
    this.address = address;
    this.children = [];
    ip("netns", "add", name);
  }

  /** Runs a program on this host to its end; its output, also when it fails. */
  run(program, args, { input = "" } = {}) {
    const { stdout, stderr, status } = spawnSync("ip", ["netns", "exec", this.name, program, ...args], { encoding: "utf8", input, timeout: 20_000 });
    return { out: stdout, errors: stderr, status };
  }

  /** Starts a program on this host; it ends with the host. `log()` is what it said so far. */
  start(program, args, options = {}) {
    const child = spawn("ip", ["netns", "exec", this.name, program, ...args], { stdio: ["pipe", "pipe", "pipe"], ...options });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => { said += data; });
    const gone = new Promise((done) => { child.once("exit", done); });
    const stop = async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
      await gone;
    };
    this.children.push(stop);
    return { child, log: () => said, say: (text) => child.stdin.write(text), stop };
  }

  async stop() {
    for (const end of this.children.reverse()) await end();
    ip("netns", "del", this.name);
  }
}

function ip(...args) {
  execFileSync("ip", args, { stdio: "pipe" });
}
