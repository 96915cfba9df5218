import type { Fault } from "../component.ts";
import { type MeshArgs, tagsOf } from "./mesh-args.ts";
import { rangeOf } from "./policy-tests.ts";
import { isInMesh } from "./ranges.ts";
import type { Group, RoutedNetwork, Rule, Tag } from "./rules.ts";

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const WORD = /^[a-z][a-z0-9-]*$/;
const HOSTNAME = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])?$/;
const PERSON = /^[a-z][\w.+-]*(@[\w.-]+)?$/i;
const CIDR = /^[0-9a-f.:]+\/\d{1,3}$/i;

/** Everything that cannot be right about a mesh, in plain values, before anything is touched. */
export function meshFaults(args: MeshArgs): Fault[] {
  return [
    ...nameFaults(args),
    ...memberFaults(args),
    ...wayFaults(args),
    ...groupFaults(args),
    ...ruleFaults(args),
    ...recordFaults(args),
  ];
}

function nameFaults({ domain, hostname, tls, hub, backup }: MeshArgs): Fault[] {
  const faults: Fault[] = [];
  if (!HOSTNAME.test(domain)) faults.push({ path: "domain", reason: `is ${quoted(domain)}; a DNS name is needed` });
  if (hostname !== undefined && !HOSTNAME.test(hostname)) {
    faults.push({ path: "hostname", reason: `is ${quoted(hostname)}; a DNS name is needed` });
  }
  if (hostname === domain || hostname?.endsWith(`.${domain}`)) {
    const reason = `is ${quoted(hostname)}, inside the mesh's own domain ${domain}; a device that is not a member yet could not resolve it`;
    faults.push({ path: "hostname", reason });
  }
  if (tls.kind === "proxy" && hostname === undefined) {
    faults.push({ path: "hostname", reason: "is missing; a proxy's certificate is for a name" });
  }
  if (tls.kind === "proxy" && tls.network.host.name !== hub.name) {
    faults.push({ path: "tls", reason: `names a network on ${tls.network.host.name}; the hub is ${hub.name}` });
  }
  if (backup?.keep !== undefined && !(Number.isInteger(backup.keep) && backup.keep > 0)) {
    faults.push({ path: "backup.keep", reason: `is ${backup.keep}; at least one has to be kept` });
  }
  return faults;
}

function memberFaults({ members }: MeshArgs): Fault[] {
  const faults: Fault[] = [];
  const seen = new Map<string, string>();
  for (const [name, member] of Object.entries(members)) {
    const path = `members.${name}`;
    if (!LABEL.test(name)) faults.push({ path, reason: "is no DNS label; a-z, 0-9 and hyphens are allowed" });
    const earlier = seen.get(member.host.name);
    if (earlier !== undefined) {
      faults.push({ path: `${path}.host`, reason: `is ${member.host.name}, which is a member already, as ${earlier}` });
    }
    seen.set(member.host.name, name);
    if (tagsOf(member).length === 0)
      faults.push({ path: `${path}.tag`, reason: "is empty; a member has at least one" });
    for (const tag of tagsOf(member)) {
      if (!WORD.test(tag)) {
        faults.push({ path: `${path}.tag`, reason: `is ${quoted(tag)}; a lower-case word is needed, without tag:` });
      }
    }
    for (const [index, route] of (member.routes ?? []).entries()) {
      if (!CIDR.test(route) || route.endsWith("/0")) {
        const reason = `is ${quoted(route)}; a network such as 192.168.1.0/24 is needed (the internet is \`exitNode: true\`)`;
        faults.push({ path: `${path}.routes[${index}]`, reason });
      }
    }
  }
  return faults;
}

/** Who is deployed to through the mesh is in it: taking such a host out would shut the deployer out. */
function wayFaults({ hub, members, domain }: MeshArgs): Fault[] {
  const joined = new Set(Object.values(members).map(({ host }) => host.name));
  return [...hub.facilities.behind].flatMap(([name, address]) => {
    if (joined.has(name) || !(address.endsWith(`.${domain}`) || isInMesh(address))) return [];
    const reason =
      `lack ${name}, whose SSH is at ${address}, in this mesh. Make it a member; to take it out of the mesh, let SSH in ` +
      "from outside first and give it an address there";
    return [{ path: "members", reason }];
  });
}

function groupFaults({ groups = {} }: MeshArgs): Fault[] {
  return Object.entries(groups).flatMap(([name, people]) => {
    const path = `groups.${name}`;
    const faults: Fault[] = WORD.test(name) ? [] : [{ path, reason: "is no lower-case word" }];
    people.forEach((person, index) => {
      if (!PERSON.test(person)) {
        const reason = `is ${quoted(person)}; a name such as alice, or an e-mail address, is needed`;
        faults.push({ path: `${path}[${index}]`, reason });
      }
    });
    return faults;
  });
}

function ruleFaults({ rules, members, groups = {} }: MeshArgs): Fault[] {
  const tags = new Set(Object.values(members).flatMap(tagsOf));
  const routed = new Set(Object.values(members).flatMap((member) => member.routes ?? []));
  const exits = Object.values(members).some((member) => member.exitNode);
  return rules.flatMap((rule, index) => {
    const path = `rules[${index}]`;
    const faults = [...rule.from, ...rule.to].flatMap((of): Fault[] => {
      if (of.kind === "tag" && !tags.has(of.name)) return [unknown(path, of, tags)];
      if (of.kind === "group" && !Object.hasOwn(groups, of.name)) return [unknown(path, of, Object.keys(groups))];
      if (of.kind === "network") return networkFaults(path, of, routed, exits);
      return [];
    });
    if (rule.from.length === 0 || rule.to.length === 0)
      faults.push({ path, reason: "names nobody on one of its sides" });
    return [...faults, ...portFaults(path, rule)];
  });
}

function networkFaults(path: string, { range }: RoutedNetwork, routed: ReadonlySet<string>, exits: boolean): Fault[] {
  if (range === "internet") {
    return exits ? [] : [{ path, reason: "names the internet, but no member is an exit node (`exitNode: true`)" }];
  }
  return routed.has(range)
    ? []
    : [{ path, reason: `names the network ${range}, which no member carries traffic to (${known(routed)})` }];
}

function portFaults(path: string, rule: Rule): Fault[] {
  const all = rule.ports.flatMap(({ ports }) => ports);
  if (all.length === 0) return [{ path, reason: "names no port; say which, as in tcp(443)" }];
  return all.flatMap((port) => {
    const [first, last] = rangeOf(port);
    const good = [first, last].every((one) => Number.isInteger(one) && one >= 1 && one <= 65535) && first <= last;
    return good ? [] : [{ path, reason: `names the port ${port}; 1 to 65535, or a range such as "6000-6010"` }];
  });
}

function recordFaults({ records = {}, members, domain }: MeshArgs): Fault[] {
  return Object.entries(records).flatMap(([name, member]) => {
    const path = `records[${quoted(name)}]`;
    const faults: Fault[] = [];
    if (!HOSTNAME.test(name)) faults.push({ path, reason: "is no DNS name" });
    if (Object.keys(members).some((one) => name === `${one}.${domain}`)) {
      faults.push({ path, reason: "is a member's own name already" });
    }
    if (!Object.hasOwn(members, member)) {
      faults.push({ path, reason: `leads to ${quoted(member)}; members are ${known(Object.keys(members))}` });
    }
    return faults;
  });
}

function unknown(path: string, of: Tag | Group, all: Iterable<string>): Fault {
  const whose = of.kind === "tag" ? "which no member has" : "which is not in `groups`";
  return { path, reason: `names the ${of.kind} ${quoted(of.name)}, ${whose}; known are ${known(all)}` };
}

function known(names: Iterable<string>): string {
  return [...names].sort().join(", ") || "none";
}

function quoted(text: string | undefined): string {
  return JSON.stringify(text);
}
