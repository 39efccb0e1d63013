// Policy files as somebody wrote them.

const VERSIONS = ["TLSv1", "TLSv1.1", "TLSv1.2"];

/** A policy file with one rule, for port 1414. With a password, the key ring is a key database. */
export function policy({ rule = "MQ~1", keyring = "START1/MQRING", password, versions = ["TLSv1.2"], suites = [] } = {}) {
  const of = [...VERSIONS, ...versions.filter((version) => !VERSIONS.includes(version))];
  const lines = (...lines) => lines.map((line) => `\n    ${line}`).join("");
  return `TTLSRule ${rule}
{
  LocalPortRange 1414
  Direction Inbound
  TTLSGroupActionRef On
  TTLSEnvironmentActionRef Server
}
TTLSGroupAction On
{
  TTLSEnabled On
}
TTLSEnvironmentAction Server
{
  HandshakeRole Server
  TTLSKeyringParms
  {${lines(`Keyring ${keyring}`, ...(password ? [`KeyringPw ${password}`] : []))}
  }
  TTLSEnvironmentAdvancedParms
  {${lines(...of.map((version) => `${version} ${versions.includes(version) ? "On" : "Off"}`))}
  }
${suites.length > 0 ? `  TTLSCipherParms\n  {${lines(...suites.map((suite) => `V3CipherSuites ${suite}`))}\n  }\n` : ""}}
`;
}

/** Where characters of IBM-1047 stand, in runs. */
const IBM_1047 = [
  [0x40, " "], [0x4b, ".<(+|&"], [0x5a, "!$*);^-/"], [0x6b, ",%_>?"], [0x79, "`:#@'=\""], [0xa1, "~"], [0xad, "["], [0xbd, "]"],
  [0xc0, "{"], [0xd0, "}"], [0xe0, "\\"], [0x81, "abcdefghi"], [0x91, "jklmnopqr"], [0xa2, "stuvwxyz"],
  [0xc1, "ABCDEFGHI"], [0xd1, "JKLMNOPQR"], [0xe2, "STUVWXYZ"], [0xf0, "0123456789"], [0x15, "\n"],
];

/** A text as bytes of IBM-1047, as z/OS UNIX has it. */
export function ebcdic(text) {
  const byte = new Map(IBM_1047.flatMap(([first, run]) => [...run].map((letter, at) => [letter, first + at])));
  return Buffer.from([...text].map((letter) => {
    if (!byte.has(letter)) throw new Error(`no byte for ${JSON.stringify(letter)}`);
    return byte.get(letter);
  }));
}
