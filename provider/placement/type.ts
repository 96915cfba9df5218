import { z } from "zod";
import type { HostInputs, ResourceType } from "../resource-type.ts";
import { fetchOffers, serverExists } from "./offers.ts";
import { type Choice, choosePlacement, stillWanted } from "./plan.ts";

interface PlacementInputs extends HostInputs {
  server: string;
  types: string[];
  locations: string[];
  token: string;
  endpoint: string;
}

interface PlacementState extends Choice {
  types: string[];
  locations: string[];
}

export const placementType: ResourceType<PlacementInputs, PlacementState> = {
  token: "quayside:hetzner:Placement",
  schema: z.strictObject({
    server: z.string().min(1, "the server's name at Hetzner is needed"),
    types: z
      .array(z.string().regex(/^[a-z]+\d+$/, "a server type such as cx23"))
      .min(1, "at least one server type is needed"),
    locations: z
      .array(z.string().regex(/^[a-z]{3}\d*$/, "a location such as fsn1"))
      .min(1, "at least one location is needed"),
    token: z.string().min(1, "an API token is needed"),
    endpoint: z.url().default("https://api.hetzner.cloud/v1"),
  }) as unknown as z.ZodType<PlacementInputs>,
  identity: [],
  settings: ["server", "token", "endpoint"],
  idOf: () => "placement",
  things: () => [],

  // A decision whose server could not be made, because the last of its kind went in between, is open again.
  async observe(_session, { endpoint, token, server }, previous) {
    if (!previous || (await serverExists(endpoint, token, server))) return previous;
    const offers = await fetchOffers(endpoint, token);
    return offers.get(previous.location)?.has(previous.type) ? previous : undefined;
  },

  async apply(session, inputs, observed) {
    const { types, locations } = inputs;
    if (observed && stillWanted(observed, types, locations)) return { ...observed, types, locations };
    session.progress("asking Hetzner what is available");
    const choice = choosePlacement(types, locations, await fetchOffers(inputs.endpoint, inputs.token));
    if (choice) return { ...choice, types, locations };
    throw session.fail(
      `none of the server types ${types.join(", ")} is available in ${locations.join(", ")} right now. ` +
        "Add another type or location to the server's lists, or try again later.",
    );
  },

  remove: async () => {},
};
