// An engine of the test's own in listener mode, before a program that answers what it hears. Ended by its own pid.
import { spawn, execFileSync } from "node:child_process";
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { connect as secure } from "node:tls";
import { program } from "./server.js";
import { test as base } from "./test.js";

/** A policy of one rule for a port, which takes TLS 1.2 and 1.3. */
export function serving(port, { rule = "Web", suites = ["TLS_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"], more = "" } = {}) {
  return `TTLSRule ${rule}
{
  LocalPortRange ${port}
  Direction Inbound
  TTLSGroupActionRef On
  TTLSEnvironmentActionRef Serve
}
${more}
TTLSGroupAction On
{
  TTLSEnabled On
  Trace 6
}
TTLSEnvironmentAction Serve
{
  HandshakeRole Server
  TTLSKeyringParms
  {
    Keyring WEB/RING
  }
  TTLSCipherParms
  {
${suites.map((suite) => `    V3CipherSuites ${suite}\n`).join("")}  }
  TTLSSignatureParms
  {
    ServerKeyShareGroups 0023
  }
  TTLSEnvironmentAdvancedParms
  {
    TLSv1 Off
    TLSv1.1 Off
    TLSv1.2 On
    TLSv1.3 On
  }
}
`;
}

/** A rule that nothing meets. */
export const IDLE = `TTLSRule Idle
{
  LocalPortRange 9
  Direction Inbound
  TTLSGroupActionRef On
  TTLSEnvironmentActionRef Serve
}
`;

/** A directory for control sockets, key rings and policies, and what runs in it. */
export class Engines {
  constructor() {
    this.dir = mkdtempSync(join(tmpdir(), "gatehouse-engine-"));
    this.sockets = join(this.dir, "run");
    this.keyrings = join(this.dir, "keyrings");
    mkdirSync(this.sockets);
    mkdirSync(this.keyrings, { mode: 0o700 });
    this.ends = [];
  }

  /** The arguments with which a server knows of them. */
  get args() {
    return ["--engines", this.sockets, "--keyrings", this.keyrings];
  }

  keyring(...args) {
    const [verb, ...rest] = args;
    execFileSync(program, ["keyring", verb, "--keyrings", this.keyrings, ...rest], { stdio: "pipe" });
  }

  /** Starts an engine called `name`; answers the port that partners connect to. */
  async start(name = "main", options = {}) {
    this.keyring("create", "WEB/RING");
    this.keyring("generate", "WEB/RING", "--label", "SERVER", "--host", "localhost", "--self-signed", ...(options.days ? ["--days", String(options.days)] : []));
    const behind = await this.#echo();
    const port = await free();
    this.policy = join(this.dir, `${name}.policy`);
    this.write(serving(port, { more: IDLE, ...options }));
    await this.#run(name, ["--config", this.policy, "--listen", `inbound:127.0.0.1:${port}=127.0.0.1:${behind},job=WEBJOB`]);
    return port;
  }

  /** Starts an engine called `name` that reads what is installed below `root`. */
  async reads(name, root, ring) {
    this.keyring("create", ring);
    this.keyring("generate", ring, "--label", "SERVER", "--host", "localhost", "--self-signed", "--default");
    const listen = `inbound:127.0.0.1:${await free()}=127.0.0.1:9`;
    await this.#run(name, ["--config", join(root, "etc/pagent.conf"), "--root", root, "--listen", listen]);
  }

  async #run(name, more) {
    const args = [...more, "--keyrings", this.keyrings, "--control", join(this.sockets, `${name}.sock`), "--workers", "1", "--grace", "0"];
    const child = spawn(join(dirname(program), "gatehouse-engine"), args, { stdio: ["ignore", "ignore", "pipe"] });
    this.log = "";
    child.stderr.on("data", (data) => { this.log += data; });
    const gone = new Promise((done) => { child.once("exit", done); });
    this.ends.push(async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
      await gone;
    });
    await answers(join(this.sockets, `${name}.sock`), () => (child.exitCode === null ? undefined : `the engine ended:\n${this.log}`));
  }

  write(policy) { writeFileSync(this.policy, policy); }

  /** An engine of paper: `answer` is called with each question. */
  async paper(name, answer) {
    const server = createServer((stream) => {
      let rest = "";
      stream.on("error", () => {});
      stream.on("data", (data) => {
        const lines = (rest + data).split("\n");
        rest = lines.pop();
        for (const line of lines) stream.write(`${JSON.stringify(answer(JSON.parse(line)))}\n`);
      });
    });
    await new Promise((done) => { server.listen(join(this.sockets, `${name}.sock`), done); });
    this.ends.push(() => new Promise((done) => { server.close(done); }));
  }

  async #echo() {
    const server = createServer((stream) => stream.on("error", () => {}).pipe(stream));
    await new Promise((done) => { server.listen(0, "127.0.0.1", done); });
    this.ends.push(() => { server.close(); });
    return server.address().port;
  }

  async stop() {
    for (const end of this.ends.reverse()) await end();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** A partner that speaks TLS; resolves when what it said came back. */
export function partner(port, options = {}) {
  return new Promise((done, fail) => {
    const socket = secure({ host: "127.0.0.1", port, servername: "localhost", rejectUnauthorized: false, ...options });
    socket.once("error", fail);
    socket.once("secureConnect", () => socket.write("hello"));
    socket.once("data", () => { socket.removeListener("error", fail); socket.on("error", () => {}); done(socket); });
  });
}

/** A port that nobody listens at. */
async function free() {
  const server = createServer();
  await new Promise((done) => { server.listen(0, "127.0.0.1", done); });
  const { port } = server.address();
  await new Promise((done) => { server.close(done); });
  return port;
}

/** Waits until an engine answers at its control socket: it listens then. */
export async function answers(path, ended) {
  for (let tries = 0; tries < 200; tries += 1) {
    if (ended()) throw new Error(ended());
    const there = await new Promise((done) => {
      const socket = connect({ path }, () => { socket.destroy(); done(true); });
      socket.once("error", () => done(false));
    });
    if (there) return;
    await new Promise((again) => { setTimeout(again, 50); });
  }
  throw new Error("the engine does not answer");
}

/** Tests whose server knows of engines of their own, and of none that the machine may have. */
export const test = base.extend({
  engines: async ({}, use) => {
    const engines = new Engines();
    await use(engines);
    await engines.stop();
  },
  serverOptions: async ({ engines }, use) => use({ args: engines.args }),
});
