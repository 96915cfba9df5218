import { createHash } from "node:crypto";
import { Hono } from "hono";
import { z } from "zod";
import { type Cloud, find } from "../cloud.ts";
import { notUnique } from "../errors.ts";
import { assertFreeName, labelsField, nameField, readBody, rename, renameBody } from "../input.ts";
import { list, named } from "../listing.ts";
import { renderSshKey } from "../render.ts";
import type { SshKeyRecord } from "../state.ts";

const KEY = /^(ssh-(ed25519|rsa|dss)|ecdsa-sha2-\S+|sk-\S+@openssh\.com) [A-Za-z0-9+/]+={0,3}( .*)?$/;

const createBody = z.object({
  name: nameField,
  public_key: z.string().trim().regex(KEY, "must be a public key in OpenSSH format"),
  labels: labelsField.default({}),
});

export function sshKeyRoutes(cloud: Cloud): Hono {
  const { state, store } = cloud;
  const get = (id: string): SshKeyRecord => find(state.sshKeys, id, "SSH key");
  return new Hono()
    .get("/", (c) =>
      list(
        c,
        "ssh_keys",
        Object.values(state.sshKeys),
        { ...named, filters: { ...named.filters, fingerprint: (key) => key.fingerprint } },
        renderSshKey,
      ),
    )
    .post("/", async (c) => {
      const body = await readBody(c, createBody);
      assertFreeName(state.sshKeys, body.name, "SSH key");
      const fingerprint = md5Fingerprint(body.public_key);
      if (Object.values(state.sshKeys).some((key) => key.fingerprint === fingerprint)) {
        throw notUnique("SSH key", "fingerprint");
      }
      const key: SshKeyRecord = {
        id: store.nextId(),
        name: body.name,
        fingerprint,
        publicKey: body.public_key,
        labels: body.labels,
        created: new Date().toISOString(),
      };
      state.sshKeys[key.id] = key;
      store.save();
      return c.json({ ssh_key: renderSshKey(key) }, 201);
    })
    .get("/:id", (c) => c.json({ ssh_key: renderSshKey(get(c.req.param("id"))) }))
    .put("/:id", async (c) => {
      const key = get(c.req.param("id"));
      rename(state.sshKeys, key, "SSH key", await readBody(c, renameBody));
      store.save();
      return c.json({ ssh_key: renderSshKey(key) });
    })
    .delete("/:id", (c) => {
      delete state.sshKeys[get(c.req.param("id")).id];
      store.save();
      return c.body(null, 204);
    });
}

/** The old form of fingerprints, which the cloud still uses: MD5 as pairs of hex digits. */
function md5Fingerprint(publicKey: string): string {
  const blob = Buffer.from(publicKey.split(" ")[1] ?? "", "base64");
  return createHash("md5")
    .update(blob)
    .digest("hex")
    .replace(/(..)(?=.)/g, "$1:");
}
