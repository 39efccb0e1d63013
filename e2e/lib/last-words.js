// The last lines of a run: what failed, in a few lines each, where a log of which only the end is
// kept still shows them.
const MOST = 6;
const PLAIN = /\u001b\[[0-9;]*m/g;

export default class LastWords {
  tries = [];

  onTestEnd(test, result) {
    if (result.status === test.expectedStatus || result.status === "skipped") return;
    const [error] = result.errors;
    const words = (error?.message ?? result.status).replace(PLAIN, "").split("\n").filter((line) => line.trim() !== "");
    const place = error?.location ? ` at ${error.location.file.split("/").pop()}:${error.location.line}` : "";
    const log = result.attachments.find(({ name }) => name === "server.log")?.body?.toString().trimEnd().split("\n") ?? [];
    const told = log.filter((line) => !line.includes(" DEBUG "));
    this.tries.push([
      `${test.title} (try ${result.retry + 1}, ${Math.round(result.duration / 1000)} s, began ${result.startTime.toISOString()})${place}`,
      ...words.slice(0, MOST),
      ...told.slice(-MOST).map((line) => `server: ${line}`),
    ]);
  }

  onEnd() {
    for (const lines of this.tries) console.log(`\nfailed: ${lines.map((line) => line.slice(0, 300)).join("\n  ")}`);
  }

  printsToStdio() {
    return false; // beside the list, not instead of it
  }
}
