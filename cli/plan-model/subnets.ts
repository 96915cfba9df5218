import { BlockList, isIP } from "node:net";

/** Whether a network has all of another network, or an address: `172.20.1.0/24` has `172.20.1.1` and `172.20.1.128/25`. */
export function contains(network: string, source: string): boolean {
  const [base = "", bits = ""] = network.split("/");
  const [address = "", length] = source.split("/");
  if (isIP(base) === 0 || isIP(base) !== isIP(address)) return false;
  const family = isIP(base) === 4 ? "ipv4" : "ipv6";
  const list = new BlockList();
  list.addSubnet(base, Number(bits), family);
  return list.check(address, family) && (length === undefined || Number(length) >= Number(bits));
}
