// Files as the browser hands them over: chosen, dropped, with their directories.

/** A file that is larger is no policy. */
const LARGEST = 32 << 20;
const MOST = 2000;

/** The files of a drop, with the paths that they have below what was dropped. */
export async function dropped(transfer) {
  // The entries are gone after the first wait.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (entries.length === 0) return [...transfer.files].map((file) => [file.name, file]);
  const found = [];
  const walk = async (entry) => {
    if (found.length > MOST || entry.name.startsWith(".")) return;
    if (entry.isFile) {
      found.push([entry.fullPath.replace(/^\//, ""), await new Promise((done, fail) => entry.file(done, fail))]);
      return;
    }
    const reader = entry.createReader();
    for (;;) {
      const some = await new Promise((done, fail) => reader.readEntries(done, fail));
      if (some.length === 0) return;
      for (const inner of some) await walk(inner);
    }
  };
  for (const entry of entries) await walk(entry);
  return found;
}

/** The files of an `<input type=file>`. */
export const chosen = (input) => [...input.files].map((file) => [file.webkitRelativePath || file.name, file]);

/** Reads files; answers those that can be policy, and in words what was left out. */
export async function read(files) {
  const [taken, left] = [[], []];
  for (const [path, file] of files.slice(0, MOST)) {
    if (path.split("/").some((part) => part.startsWith("."))) continue;
    if (file.size > LARGEST) { left.push(`${path} is larger than ${LARGEST >> 20} MiB`); continue; }
    const bytes = new Uint8Array(await file.arrayBuffer());
    let text;
    try { text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes); } catch { /* sent as bytes */ }
    if (bytes.includes(0)) { left.push(`${path} is no text`); continue; }
    taken.push(text === undefined ? { path, base64: base64(bytes) } : { path, text });
  }
  if (files.length > MOST) left.push(`${files.length - MOST} more files; ${MOST} are read at once`);
  return { taken, left };
}

function base64(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

/** The bytes of a file as a text. */
export const bytes = async (file) => base64(new Uint8Array(await file.arrayBuffer()));

/** Hands a text over as a file. */
export function save(path, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  link.download = path.split("/").pop();
  link.click();
  URL.revokeObjectURL(link.href);
}
