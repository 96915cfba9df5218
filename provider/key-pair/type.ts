import { z } from "zod";
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
  observe: async (_session, _inputs, previous) => previous,
  async apply(_session, inputs, observed) {
    if (observed) return { ...observed, comment: inputs.comment };
    const { utils } = (await import("ssh2")).default;
    const pair = utils.generateKeyPairSync("ed25519", { comment: inputs.comment });
    const publicKey = pair.public.split(" ").slice(0, 2).join(" ");
    return { comment: inputs.comment, publicKey, privateKey: pair.private };
  },
  remove: async () => {},
};
