// Questions to the worker. A topic has one question under way and at most one that waits: a newer one takes
// the place of the one that waits, and an answer that is no longer wanted is dropped.

let worker;
let next = 0;
const waiting = new Map();

function start() {
  worker = new Worker("/language-worker.js", { type: "module" });
  const over = (words) => {
    worker.terminate();
    worker = undefined;
    for (const { fail } of waiting.values()) fail(new Error(words));
    waiting.clear();
  };
  worker.onmessage = ({ data }) => {
    const { done, fail } = waiting.get(data.id) ?? {};
    waiting.delete(data.id);
    if (data.failed === undefined) return done?.(JSON.parse(data.answer));
    fail?.(new Error("The answer could not be worked out."));
    over("The answer could not be worked out.");
  };
  worker.onerror = () => over("The policy language could not be loaded. Is the server there?");
}

/** Answers with `{ answer }` or `{ detail }`. */
export function ask(question) {
  if (!worker) start();
  const id = next++;
  return new Promise((done, fail) => {
    waiting.set(id, { done, fail });
    worker.postMessage({ id, question: JSON.stringify(question) });
  });
}

/** Asks about what changes all the time; `take` gets an answer only while nothing newer was asked. */
export class Topic {
  #busy = false;
  #next;
  /** `asker` answers in the worker's place. */
  constructor(take, asker = ask) { this.take = take; this.asker = asker; }

  /** `question` makes the question when its turn has come. */
  ask(question) {
    this.#next = question;
    if (!this.#busy) this.#go();
  }

  async #go() {
    this.#busy = true;
    while (this.#next) {
      const question = this.#next;
      this.#next = undefined;
      let answer;
      try { answer = await this.asker(question()); } catch (error) { answer = { detail: error.message }; }
      if (!this.#next) this.take(answer);
    }
    this.#busy = false;
  }
}

/** Asks the server: with a body by POST, unless something else is said. */
export async function fromServer(path, body, method = body && "POST") {
  try {
    const answer = await fetch(`/api/v1${path}`, method && {
      method, headers: { "x-gatehouse": "1", ...(body ? { "content-type": "application/json" } : {}) }, body: body && JSON.stringify(body),
    });
    const json = await answer.json();
    return answer.ok ? { answer: json } : { detail: json.detail ?? json.title, status: answer.status };
  } catch {
    return { detail: "The server does not answer." };
  }
}
