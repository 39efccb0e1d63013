// What a test learns of passwords, tokens and session ids, and the places where none of them may be
// found when it ends: addresses, the server's log, and what the browser keeps.
const SENT = new Set(["password", "old", "new", "secret"]);
const ANSWERED = new Set(["password", "secret"]);
// Shorter ones are words that addresses and logs have anyway.
const SHORTEST = 12;

class Secrets {
  forget() {
    this.words = new Set();
    this.places = [];
    this.reading = [];
  }

  /** Learns the secrets of what is sent. */
  learnSent(json) {
    this.learn(json, SENT);
  }

  /** Learns the secrets of an answer. */
  learnAnswer(json) {
    this.learn(json, ANSWERED);
  }

  /** Learns the values of these fields, at any depth. */
  learn(value, fields, name) {
    if (typeof value === "string" && fields.has(name) && value.length >= SHORTEST) this.words.add(value);
    if (value && typeof value === "object") for (const [key, inner] of Object.entries(value)) this.learn(inner, fields, key);
  }

  /** Learns the value of a `Set-Cookie` line. */
  learnCookie(line) {
    const value = /^[^=]+=([^;]*)/.exec(line ?? "")?.[1];
    if (value?.length >= SHORTEST) this.words.add(value);
  }

  /** Watches all that a browser context asks for and gets. */
  follow(context) {
    context.on("request", (request) => {
      // What follows the # never leaves the browser: the link of the first administrator uses that.
      this.place("an address", request.url().split("#")[0]);
      this.learnSent(json(request.postData()));
    });
    context.on("response", (response) => {
      const path = new URL(response.url()).pathname;
      const read = async () => {
        this.learnCookie(await response.headerValue("set-cookie"));
        if (response.request().method() !== "GET" && /\/(accounts|tokens)/.test(path)) this.learnAnswer(json(await response.text()));
      };
      // A page that is closed takes its answers with it.
      this.reading.push(read().catch(() => {}));
    });
  }

  /** A text that must hold no secret. */
  place(what, text) {
    this.places.push({ what, text });
  }

  /** Where secrets were found; the secrets themselves are not named. */
  async found() {
    await Promise.all(this.reading);
    const found = this.places.filter(({ text }) => [...this.words].some((word) => text.includes(word) || plain(text).includes(word)));
    return found.map(({ what, text }) => `${what} of ${text.length} characters, by a test that knows ${this.words.size} secrets`);
  }
}

function json(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function plain(text) {
  return text.replaceAll("+", " ").replace(/(%[0-9a-f]{2})+/gi, (bytes) => {
    try {
      return decodeURIComponent(bytes);
    } catch {
      return bytes;
    }
  });
}

/** Of the test that runs: there is one at a time in a process. */
export const secrets = new Secrets();
secrets.forget();
