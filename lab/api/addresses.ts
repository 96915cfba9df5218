import { ApiError } from "./errors.ts";
import type { State } from "./state.ts";

/** Hands out the lab's public addresses: real ones of its own /24 for IPv4, documentation prefixes for IPv6. */
export class PublicAddresses {
  readonly #state: State;
  readonly #subnet: number;

  /** @param subnet the third octet: 1 to 254. */
  constructor(state: State, subnet: number) {
    this.#state = state;
    this.#subnet = subnet;
  }

  /** @throws ApiError `resource_limit_exceeded` when all are taken. */
  next(type: "ipv4" | "ipv6"): string {
    const taken = new Set(Object.values(this.#state.primaryIps).map((record) => record.ip));
    for (let host = 1; host <= 254; host++) {
      const ip =
        type === "ipv4"
          ? `10.210.${this.#subnet}.${host}`
          : `2001:db8:${this.#subnet.toString(16)}:${host.toString(16)}::/64`;
      if (!taken.has(ip)) return ip;
    }
    throw new ApiError(403, "resource_limit_exceeded", `all 254 public ${type} addresses of the lab are in use`);
  }
}
