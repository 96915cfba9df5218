import { join } from "node:path";
import type { HostConnection } from "../../../provider/index.ts";
import { repository } from "./quay.ts";

/** A module of `components/`, as the text of a program imports it: `component("proxy/caddy.ts")`. */
export const component = (path: string): string => JSON.stringify(join(repository, "components", path));

/** The text of a program that declares a host of the lab, which is called as it is there. */
export function existingServer({ name, address, hostKey }: HostConnection): string {
  return `new ExistingServer(${JSON.stringify(name)}, ${JSON.stringify({ address, hostKey })})`;
}
