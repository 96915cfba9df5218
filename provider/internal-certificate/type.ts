import { isIP } from "node:net";
import { z } from "zod";
import type { HostInputs, ResourceType } from "../resource-type.ts";
import { absolutePath, account, host } from "../schema.ts";
import { changeCertificate, observeCertificate, parseCertificate, removeCertificate, shortened } from "./script.ts";

export interface InternalCertificateInputs extends HostInputs {
  folder: string;
  names: string[];
  group: string;
  status: "valid";
}

export interface InternalCertificateState {
  folder: string;
  names: string[];
  group: string;
  status: "valid" | "expiring" | "untrusted";
  authority: string;
  fingerprint: string;
  expires: string;
}

const subject = z
  .string()
  .refine(
    (name) =>
      isIP(name) !== 0 || /^(?=.{1,64}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?$/i.test(name),
    "a DNS name or an IP address is needed",
  );

export const internalCertificateType: ResourceType<InternalCertificateInputs, InternalCertificateState> = {
  token: "quayside:host:InternalCertificate",
  schema: z
    .strictObject({
      host,
      folder: absolutePath,
      names: z
        .array(subject)
        .min(1, "at least one name or address is needed")
        .transform((names) => [...new Set(names.map(shortened))].sort()),
      group: account.default("root"),
      status: z.literal("valid").optional(),
    })
    .transform((inputs): InternalCertificateInputs => ({ ...inputs, status: "valid" })),
  identity: ["folder"],
  idOf: (inputs) => `certificate${inputs.folder}`,

  async observe(session, inputs) {
    return parseCertificate(
      await session.read("look at the certificate", observeCertificate(inputs.folder)),
      inputs.folder,
    );
  },

  async apply(session, inputs, observed) {
    if (observed && matches(inputs, observed)) return observed;
    await session.run("make the certificate", changeCertificate(inputs));
    const state = await internalCertificateType.observe(session, inputs, undefined);
    if (!state || !matches(inputs, state)) {
      throw session.fail(
        `the certificate in ${inputs.folder} was made, but is not as wanted. Look at it: openssl x509 -text.`,
      );
    }
    return state;
  },

  async remove(session, inputs) {
    await session.run("remove the certificate", removeCertificate(inputs.folder));
  },
};

function matches(wanted: InternalCertificateInputs, seen: InternalCertificateState): boolean {
  return seen.status === "valid" && seen.group === wanted.group && seen.names.join() === wanted.names.join();
}
