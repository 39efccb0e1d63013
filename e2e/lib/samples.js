// Objects for tests, as the API takes them.

export const level = (name, more = {}) => ({ kind: "security-level", name, suites: { list: ["1301", "1302", "1303"] }, ...more });
export const traffic = (name, port, row = {}, more = {}) => ({ kind: "traffic-descriptor", name, rows: [{ local_port: String(port), direction: "inbound", ...row }], ...more });
export const group = (name) => ({ kind: "group", name });
export const image = (name, of, more = {}) => ({ kind: "image", name, group: of, keyring: "START1/RING", ...more });
export const stack = (name, on, more = {}) => ({ kind: "stack", name, image: on, ...more });
export const rule = (name, owner, uses, at, more = {}) => ({
  kind: "rule", name, owner, order: at, map: { own: [{ traffic: uses, level: "gold" }] }, ...more,
});

/** One step of editing in the draft of a client; `null` deletes. */
export async function edit(client, store, objects, words = "edit") {
  const configuration = await client.get(`/stores/${store}/configuration`);
  const draft = await client.get(`/stores/${store}/draft`);
  const etags = new Map(configuration.objects.map((object) => [object.id, object.etag]));
  for (const change of draft.changes) etags.set(change.id, change.etag);
  const changes = Object.entries(objects).map(([id, body]) => ({ id, etag: etags.get(id), body: body ?? undefined }));
  return client.post(`/stores/${store}/draft/edits`, { words, changes });
}

/** The same, saved as a revision. */
export async function save(client, store, objects, comment = "") {
  await edit(client, store, objects);
  const { head } = await client.get(`/stores/${store}/draft`);
  return client.post(`/stores/${store}/draft/save`, { comment, head });
}

/** A store with one stack and two rules: revision 2. */
export async function small(client, store = "PROD") {
  await client.post("/stores", { name: store, description: "The production sysplex" });
  await save(client, store, {
    gold: level("MYGOLD"),
    mq: traffic("MQPORTS", 1414, { certificate_label: "MQCERT" }),
    web: traffic("WEBPORT", 8443),
    plex: group("PLEX"),
    sys: image("COLMVSA", "plex"),
    tcpip: stack("TCPIP", "sys"),
    mqin: rule("MQ_IN", "tcpip", "mq", "d"),
    webin: rule("WEB_IN", "tcpip", "web", "h"),
  }, "First rules");
}
