import { z } from "zod";
import type { HostInputs } from "../resource-type.ts";
import { host } from "../schema.ts";
import type { Expectation } from "./resource.ts";

export const VANTAGES = ["outside", "mesh", "container"] as const;
export type Vantage = (typeof VANTAGES)[number];

/** One request. */
export interface ProbedRequest {
  hostname: string;
  path: string;
  method: "GET" | "OPTIONS";
  header?: { name: string; value: string };
}

export type Wanted = ProbedRequest & { [vantage in Vantage]?: Expectation };

export interface ProbeInputs extends HostInputs {
  routes: Record<string, Wanted>;
  addresses: { [vantage in Vantage]?: string[] };
  container?: string;
  issuing?: string;
  trust: string;
  patience: number;
  triggers: string[];
}

const expectation = z.enum(["served", "refused"], "served or refused").optional();
const address = z
  .string()
  .regex(/^[\d.]+$|^[0-9a-f:.]+$|^[a-z0-9][a-z0-9.-]*$/i, "an address is needed: IPv4, IPv6 or a DNS name");
const addresses = z.array(address).min(1, "at least one address is needed").optional();

const route = z.strictObject({
  hostname: z.string().regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i, "a hostname such as n8n.example.org is needed"),
  path: z
    .string()
    .regex(/^\/[^\s"\\]*$/, "a path such as /healthz is needed")
    .default("/"),
  method: z.enum(["GET", "OPTIONS"], "GET or OPTIONS").default("GET"),
  header: z
    .strictObject({
      name: z.string().regex(/^[A-Za-z0-9-]+$/, "the name of a header is needed"),
      value: z.string().regex(/^[^\r\n]*$/, "a header's value is one line"),
    })
    .optional(),
  outside: expectation,
  mesh: expectation,
  container: expectation,
});

export const probeSchema = z
  .strictObject({
    host,
    routes: z.record(z.string(), route),
    addresses: z.strictObject({ outside: addresses, mesh: addresses, container: addresses }),
    container: z
      .string()
      .regex(/^[a-zA-Z0-9][\w.-]*$/, "the name of a container is needed")
      .optional(),
    issuing: z
      .string()
      .regex(/^[a-zA-Z0-9][\w.-]*$/, "the name of a container is needed")
      .optional(),
    trust: z
      .string()
      .regex(/^system$|^any$|-----BEGIN CERTIFICATE-----/, "system, any, or a certificate in PEM")
      .default("system"),
    patience: z.number().min(0, "a number of seconds is needed").max(3600, "at most 3600 seconds").default(90),
    triggers: z.array(z.string()).default([]),
  })
  .superRefine((inputs, context) => {
    for (const vantage of VANTAGES) {
      const [name] = Object.entries(inputs.routes).find(([, wanted]) => wanted[vantage]) ?? [];
      if (name === undefined || inputs.addresses[vantage]) continue;
      const message = `routes[${JSON.stringify(name)}] is to be tried from there, so an address is needed`;
      context.addIssue({ code: "custom", path: ["addresses", vantage], message });
    }
    if (inputs.addresses.container && inputs.container === undefined) {
      context.addIssue({ code: "custom", path: ["container"], message: "a container to try from is needed" });
    }
  }) as unknown as z.ZodType<ProbeInputs>;
