import { z } from "zod";
import { isToCome } from "../host.ts";
import type { HostInputs } from "../resource-type.ts";
import { host } from "../schema.ts";
import { familyOf, normaliseNetwork } from "./address.ts";

export type Action = "allow" | "limit" | "deny" | "reject";
export type Policy = "deny" | "reject" | "allow";
export type Logging = "off" | "low" | "medium" | "high" | "full";

/** A rule with its defaults filled in. */
export interface Rule {
  port?: string;
  protocol: "tcp" | "udp" | "any";
  from: "any" | string[];
  interface?: string;
  action: Action;
  comment: string;
}

export interface FirewallInputs extends HostInputs {
  rules: Record<string, Rule>;
  incoming: Policy;
  outgoing: Policy;
  routed: Policy;
  logging: Logging;
  enabled: boolean;
  containers: "guarded" | "unguarded";
  containerInterfaces: string[];
}

const port = z
  .union([z.int(), z.string()])
  .transform(String)
  .refine(isPortOrRange, 'a port (443) or a range ("6000:6010") between 1 and 65535 is needed');

const network = z.string().transform((text, context) => {
  const normal = normaliseNetwork(text);
  if (normal !== undefined) return normal;
  context.addIssue({
    code: "custom",
    message: "an IPv4 or IPv6 address or network is needed, such as 100.64.0.0/10",
  });
  return z.NEVER;
});

const policy = z.enum(["deny", "reject", "allow"], "one of deny, reject, allow");

const rule = z
  .strictObject({
    port: port.optional(),
    protocol: z.enum(["tcp", "udp", "any"], "one of tcp, udp, any").optional(),
    from: z
      .union([
        z.literal("any"),
        z.array(network).min(1, "say who it is for, or leave it out for anybody"),
        network.transform((one) => [one]),
      ])
      .default("any"),
    interface: z
      .string()
      .regex(/^[a-zA-Z0-9][\w.-]{0,14}$/, "an interface's name is needed, such as tailscale0")
      .optional(),
    action: z.enum(["allow", "limit", "deny", "reject"], "one of allow, limit, deny, reject").default("allow"),
    comment: z
      .string()
      .regex(/^[^\n\0]{1,200}$/, "one line of up to 200 characters")
      .optional(),
  })
  .superRefine((given, context) => {
    if (given.port === undefined && given.from === "any" && given.interface === undefined) {
      context.addIssue({
        code: "custom",
        message: "a rule without port, from and interface is for everything: use `incoming`",
      });
    }
    if (given.port === undefined && given.action === "limit") {
      context.addIssue({ code: "custom", path: ["port"], message: "a limit needs a port" });
    }
  });

const RULE_NAME = /^[a-z0-9][\w.-]{0,59}$/i;

export const firewallSchema = z
  .strictObject({
    host,
    rules: z
      .record(z.string(), rule)
      .superRefine((rules, context) => {
        for (const key of Object.keys(rules).filter((name) => !RULE_NAME.test(name))) {
          const message = "a rule's name has letters, digits, dots, hyphens and underscores";
          context.addIssue({ code: "custom", path: [key], message });
        }
      })
      .transform((rules) =>
        Object.fromEntries(
          Object.entries(rules).map(([key, given]) => {
            const protocol = given.protocol ?? (given.port === undefined ? "any" : "tcp");
            return [key, { ...given, protocol, comment: given.comment ?? key }];
          }),
        ),
      ),
    incoming: policy.default("deny"),
    outgoing: policy.default("allow"),
    routed: policy.default("deny"),
    logging: z.enum(["off", "low", "medium", "high", "full"], "one of off, low, medium, high, full").default("low"),
    enabled: z.boolean().default(true),
    containers: z.enum(["guarded", "unguarded"], "one of guarded, unguarded").default("guarded"),
    containerInterfaces: z
      .array(z.string().regex(/^[a-zA-Z0-9][\w.-]{0,14}\+?$/, "an interface's name, + for the rest of it: br-+"))
      .min(1)
      .default(["docker+", "br-+"]),
  })
  .superRefine((inputs, context) => {
    const ssh = inputs.host.port ?? 22;
    if (isToCome(inputs.host) || !inputs.enabled || letsIn(inputs as FirewallInputs, ssh)) return;
    context.addIssue({
      code: "custom",
      path: ["rules"],
      message:
        `no rule lets SSH in on port ${ssh}, through which this deployment reaches the host; ` +
        `add one, such as ssh: { port: ${ssh} } (and \`from\` with where you deploy from)`,
    });
  }) as unknown as z.ZodType<FirewallInputs>;

function isPortOrRange(text: string): boolean {
  const [from, to, more] = text.split(":");
  const valid = (one: string | undefined) => /^[1-9]\d{0,4}$/.test(one ?? "") && Number(one) <= 65535;
  return more === undefined && valid(from) && (to === undefined || (valid(to) && Number(to) > Number(from)));
}

/** Whether somebody may come in to this TCP port. */
export function letsIn(inputs: Pick<FirewallInputs, "rules" | "incoming">, tcpPort: number): boolean {
  const concerning = Object.values(inputs.rules).filter((one) => one.protocol !== "udp" && covers(one.port, tcpPort));
  const opening = concerning.some((one) => one.action === "allow" || one.action === "limit");
  const closing = concerning.some(
    (one) => (one.action === "deny" || one.action === "reject") && one.from === "any" && one.interface === undefined,
  );
  return !closing && (opening || inputs.incoming === "allow");
}

function covers(ports: string | undefined, wanted: number): boolean {
  if (ports === undefined) return true;
  const [from, to] = ports.split(":").map(Number);
  return from !== undefined && from <= wanted && wanted <= (to ?? from);
}

/** Which addresses of a family a rule is for; empty when it is not for that family at all. */
export function sources(from: Rule["from"], family: 4 | 6): ("any" | string)[] {
  return from === "any" ? ["any"] : from.filter((network) => familyOf(network) === family);
}
