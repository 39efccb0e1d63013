// Answers questions about policy text off the thread that draws. Started by client.js; the language is
// fetched with the first question.
import init, { ask } from "/language.js";

const ready = init({ module_or_path: "/language_bg.wasm" });

self.onmessage = async ({ data: { id, question } }) => {
  try {
    await ready;
    self.postMessage({ id, answer: ask(question) });
  } catch (error) {
    self.postMessage({ id, failed: String(error) });
    // What stopped in the middle of something is not asked again.
    if (error instanceof WebAssembly.RuntimeError) self.close();
  }
};
