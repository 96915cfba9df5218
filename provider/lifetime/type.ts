import { z } from "zod";
import type { HostInputs, ResourceType } from "../resource-type.ts";
import { momentLabel, parseDuration, parseMoment } from "./duration.ts";

interface LifetimeInputs extends HostInputs {
  lifetime: string;
  priceCeiling?: number;
  costs: { what: string; monthly: number }[];
}

interface LifetimeState {
  lifetime: string;
  created: string;
  expires: string;
}

/**
 * Lives in the state alone: the moment of the first `up` is remembered, as every later one would prolong it. Who brings a
 * stack up whose time is over wants it again, and not to have it reaped the next hour.
 */
export const lifetimeType: ResourceType<LifetimeInputs, LifetimeState> = {
  token: "quayside:hetzner:Lifetime",
  schema: z
    .strictObject({
      lifetime: z
        .string()
        .refine((text) => parseDuration(text) !== undefined, "a time such as 90m, 8h or 3d is needed"),
      priceCeiling: z.number().positive("EUR a month, more than 0").optional(),
      costs: z.array(z.strictObject({ what: z.string(), monthly: z.number().min(0) })).default([]),
    })
    .superRefine(({ priceCeiling, costs }, context) => {
      const total = costs.reduce((sum, { monthly }) => sum + monthly, 0);
      if (priceCeiling === undefined || total <= priceCeiling) return;
      const list = [...costs]
        .sort((a, b) => b.monthly - a.monthly)
        .map((cost) => `${cost.what} ${euros(cost.monthly)}`);
      const message = `this stack may cost up to ${euros(total)} EUR a month (net), above its ceiling of ${euros(priceCeiling)}: ${list.join(", ")}. Take something away, choose cheaper server types, or raise the ceiling`;
      context.addIssue({ code: "custom", path: ["priceCeiling"], message });
    }) as unknown as z.ZodType<LifetimeInputs>,
  identity: [],
  settings: ["priceCeiling", "costs"],
  idOf: () => "lifetime",
  things: () => [],
  observe: async (_session, _inputs, previous) => previous,
  ranOut: ({ expires }, now) => ((parseMoment(expires) ?? now) < now ? ["expires"] : []),
  async apply(_session, { lifetime }, _observed, previous) {
    const begun = previous && (parseMoment(previous.expires) ?? 0) >= Date.now() ? previous.created : undefined;
    const created = begun ?? new Date().toISOString();
    return { lifetime, created, expires: momentLabel(Date.parse(created) + (parseDuration(lifetime) ?? 0)) };
  },
  remove: async () => {},
};

function euros(amount: number): string {
  return amount.toFixed(2);
}
