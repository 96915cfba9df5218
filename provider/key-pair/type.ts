import { z } from "zod";
import { generateEd25519 } from "../../secrets/ed25519.ts";
import type { HostInputs, ResourceType } from "../resource-type.ts";

interface KeyPairInputs extends HostInputs {
  comment: string;
}

interface KeyPairState {
  comment: string;
  publicKey: string;
  privateKey: string;
}

/** Lives in the state alone: nothing outside has it, so what was made is what is observed. */
export const keyPairType: ResourceType<KeyPairInputs, KeyPairState> = {
  token: "quayside:ssh:KeyPair",
  schema: z.strictObject({ comment: z.string().default("") }) as unknown as z.ZodType<KeyPairInputs>,
  identity: [],
  secretOutputs: ["privateKey"],
  idOf: () => "key-pair",
  things: () => [],
  observe: async (_session, _inputs, previous) => previous,
  async apply(_session, inputs, observed) {
    if (observed) return { ...observed, comment: inputs.comment };
    const pair = await generateEd25519(inputs.comment);
    const publicKey = pair.publicKey.split(" ").slice(0, 2).join(" ");
    return { comment: inputs.comment, publicKey, privateKey: pair.privateKey };
  },
  remove: async () => {},
};
