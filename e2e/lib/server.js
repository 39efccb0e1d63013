// A Gatehouse server of the test's own: free port, new data directory, ended by its own pid.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, mkdirSync, createWriteStream } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { secrets } from "./secrets.js";

const root = resolve(import.meta.dirname, "../..");
const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");
export const program = process.env.GATEHOUSE ?? join(target, "debug/gatehouse");
const assets = process.env.GATEHOUSE_ASSETS ?? join(root, "frontend/dist");

/** What a test has of its server. */
export class Server {
  constructor(options = {}) {
    this.options = options;
    this.dir = mkdtempSync(join(tmpdir(), "gatehouse-e2e-"));
    this.root = join(this.dir, "root");
    mkdirSync(this.root);
    this.log = [];
    this.errors = []; // the log without what is printed for the person who started it
  }

  /** Starts it, or starts it again on the same data and port. */
  async start() {
    const listen = `127.0.0.1:${this.port ?? 0}`;
    const args = ["serve", "--listen", listen, "--data", join(this.dir, "data"), "--install-root", this.root, "--assets", assets,
      ...(this.options.args ?? [])];
    this.child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...this.options.env } });
    const logFile = createWriteStream(join(this.dir, "server.log"), { flags: "a" });
    this.child.stderr.on("data", (data) => {
      this.log.push(data.toString());
      this.errors.push(data.toString());
      logFile.write(data);
    });
    this.gone = new Promise((done) => this.child.once("exit", (code, signal) => done({ code, signal })));
    const lines = createInterface({ input: this.child.stdout });
    this.url = await new Promise((done, fail) => {
      this.gone.then(({ code, signal }) => fail(new Error(`the server ended (${code ?? signal}):\n${this.log.join("")}`)));
      lines.on("line", (line) => {
        this.log.push(line + "\n");
        const link = /first administrator: (\S+)/.exec(line);
        if (link) this.setupLink = link[1];
        const address = /gatehouse listening on (\S+)/.exec(line);
        if (address) this.address = address[1];
        // The link, where there is one, is printed after the address; give it the same tick.
        if (this.address && (this.setupLink || this.started)) done(this.address);
      });
    });
    this.started = true;
    this.port = Number(new URL(this.url).port);
    return this;
  }

  /** Ends it as a power cut would. */
  async kill() {
    this.child.kill("SIGKILL");
    await this.gone;
  }

  async stop() {
    if (this.child?.exitCode === null && this.child?.signalCode === null) {
      this.child.kill("SIGTERM");
      await this.gone;
    }
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** Creates the first administrator and returns a client that is logged in. */
  async administrator(name = "ana", password = "correct horse battery") {
    const secret = new URL(this.setupLink).hash.slice(1);
    const client = new Client(this.url);
    await client.post("/setup", { secret, name, password });
    await client.logIn(name, password);
    return client;
  }
}

/** A client of the API with its own cookie. */
export class Client {
  constructor(url) {
    this.url = url;
  }

  async send(method, path, body) {
    const headers = { "x-gatehouse": "1" };
    if (body !== undefined) headers["content-type"] = "application/json";
    if (this.cookie) headers.cookie = this.cookie;
    secrets.learnSent(body);
    const answer = await fetch(`${this.url}/api/v1${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    const cookie = answer.headers.getSetCookie().map((line) => line.split(";")[0]).find((pair) => !pair.endsWith("="));
    if (cookie) this.cookie = cookie;
    secrets.learnCookie(cookie);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    const json = text === "" ? undefined : JSON.parse(text);
    secrets.learnAnswer(json);
    return json;
  }

  get(path) { return this.send("GET", path); }
  post(path, body) { return this.send("POST", path, body); }
  put(path, body) { return this.send("PUT", path, body); }
  patch(path, body) { return this.send("PATCH", path, body); }
  delete(path) { return this.send("DELETE", path); }

  async logIn(name, password) {
    this.name = name;
    this.password = password;
    return this.post("/session", { name, password });
  }

  /** A new account that has chosen its password, with a role in a store. */
  async account(name, password, store, role) {
    const first = await this.post("/accounts", { name, password: this.password });
    const client = new Client(this.url);
    await client.logIn(name, first.password);
    await client.put("/account/password", { old: first.password, new: password });
    const again = new Client(this.url);
    await again.logIn(name, password);
    if (store) {
      const others = (await this.get(`/stores/${store}/members`)).filter((member) => member.name !== name);
      await this.put(`/stores/${store}/members`, [...others, { name, role }]);
    }
    return again;
  }
}
