// How engines' numbers and names are told to people: as the commands of `gatehouse engine` tell them.

const UNITS = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

/** "1.2 MiB" */
export function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  let value = bytes / 1024;
  let at = 0;
  while (Math.round(value * 10) >= 10240 && at < UNITS.length - 1) { value /= 1024; at += 1; }
  return `${(Math.round(value * 10) / 10).toFixed(1)} ${UNITS[at]}`;
}

/** "3m 12s": the two largest units of a number of seconds. */
export function age(seconds) {
  const [minutes, hours, days] = [60, 3600, 86400].map((unit) => Math.floor(seconds / unit));
  if (minutes === 0) return `${seconds}s`;
  if (hours === 0) return `${minutes}m ${seconds % 60}s`;
  return days === 0 ? `${hours}h ${minutes % 60}m` : `${days}d ${hours % 24}h`;
}

const two = (number) => String(number).padStart(2, "0");
const dayOf = (date) => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;

/** A moment in Unix seconds by the clock of whoever looks: the time, and the day unless it is today. */
export function moment(seconds) {
  const date = new Date(seconds * 1000);
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  const day = dayOf(date);
  return day === dayOf(new Date()) ? time : `${day} ${time}`;
}

/** The same in UTC, for the help that appears over it. */
export const utc = (seconds) => `${new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ")} UTC`;

/** The number of a connection as messages write it. */
export const connid = (id) => id.toString(16).toUpperCase().padStart(8, "0");

/** How far TLS is, and with what. */
export function protection({ phase, tls, controlled }) {
  if (phase === "ending") return "failed, ending";
  if (tls) return `${tls.version} ${tls.suite}`;
  if (phase === "handshake") return "handshake";
  return controlled ? "in the clear, APPLCNTRL" : "in the clear";
}

/** "rule Web, port 8443" */
export function chosen({ rule, remote, port, job, connection }) {
  const words = [rule && `rule ${rule}`, remote && `partner ${remote}`, port && `port ${port}`, job && `job ${job}`,
    connection !== undefined && connection !== null && `connection ${connid(connection)}`];
  return words.filter(Boolean).join(", ");
}

export const LEVELS = [["15", "all messages"], ["14", "events of TLS, mapping, errors"], ["6", "mapping and errors"], ["2", "errors"]];
