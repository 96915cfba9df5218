import { isIPv4, isIPv6 } from "node:net";
import { isInMesh } from "../mesh/ranges.ts";

/** Why an address cannot be published as this type of record; undefined where it can. */
export function addressFault(type: "A" | "AAAA", address: string): string | undefined {
  const fits = type === "A" ? isIPv4(address) : isIPv6(address) && !address.includes("%");
  const shown = JSON.stringify(address);
  if (!fits) return `is ${shown}; an ${type === "A" ? "IPv4" : "IPv6"} address is needed`;
  if (isInMesh(address)) return `is ${shown}, an address in the mesh; those are never published`;
  if (isNowhere(address)) return `is ${shown}, which leads nobody to a machine; a public address is needed`;
  return undefined;
}

function isNowhere(address: string): boolean {
  return /^(0|127)\.|^169\.254\.|^2(2[4-9]|[3-5]\d)\.|^::1?$|^fe[89ab]|^ff/i.test(address);
}
