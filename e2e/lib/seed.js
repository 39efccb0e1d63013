// Stores with content, made through the API.

const level = "supplied.AT-TLS__Gold";

/** One edit of several objects, saved as a revision; answers its number. */
export async function save(client, store, objects, comment = "seed") {
  const changes = [];
  for (const [id, body] of Object.entries(objects)) {
    const now = (await client.get(`/stores/${store}/configuration`)).objects.find((object) => object.id === id);
    changes.push({ id, body, ...(now ? { etag: now.etag } : {}) });
  }
  const draft = await client.post(`/stores/${store}/draft/edits`, { words: comment, changes });
  const revision = await client.post(`/stores/${store}/draft/save`, { comment, head: draft.head });
  return revision.number;
}

/** A stack that protects a port, with everything it needs. */
export function stack(image, name, port = "1414", order = 0) {
  const id = (what) => `${image}.${name}.${what}`;
  return {
    [`image.${image}`]: { kind: "image", name: image, group: "group.Default", keyring: "START1/COLINRING" },
    [id("stack")]: { kind: "stack", name, image: `image.${image}` },
    [id("traffic")]: { kind: "traffic-descriptor", name: `MQ-${image}-${name}`, rows: [{ local_port: port, direction: "inbound" }] },
    [id("rule")]: {
      kind: "rule", name: `MQ${order}`, owner: id("stack"), order: "n",
      map: { own: [{ traffic: id("traffic"), level }] },
    },
  };
}

/** A store with stacks given as `IMAGE.STACK`; answers the number of its revision. */
export async function seeded(client, stacks = ["COLMVSA.TCPIP"], store = "PROD") {
  await client.post("/stores", { name: store });
  let objects = { "group.Default": { kind: "group", name: "Default" } };
  for (const full of stacks) {
    const [image, name] = full.split(".");
    objects = { ...objects, ...stack(image, name) };
  }
  return save(client, store, objects);
}
