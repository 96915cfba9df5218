import { isIPv4, isIPv6 } from "node:net";
import { z } from "zod";
import { PING, requireDocker } from "../docker-daemon.ts";
import { diffProperties } from "../engine/diff.ts";
import type { Properties } from "../engine/values.ts";
import type { HostInputs, ResourceType } from "../resource-type.ts";
import { host } from "../schema.ts";
import type { Session } from "../transport/session.ts";
import { q } from "../transport/shell.ts";
import { type ContainerInspection, type NetworkInspection, type NetworkState, networkState } from "./inspection.ts";
import { containerName, createNetwork, observeContainers, observeNetwork, remakeNetwork } from "./script.ts";

export type DockerNetworkInputs = HostInputs & NetworkState;

const ipv4Range = z.string().superRefine((text, context) => {
  const fault = ipv4RangeFault(text);
  if (fault) context.addIssue(fault);
});

const ipv6Range = z
  .string()
  .refine((text) => isIPv6(text.split("/")[0] ?? "") && /\/\d{1,3}$/.test(text) && Number(text.split("/")[1]) <= 128, {
    message: "an IPv6 range is needed, such as fd00:20:1::/64",
  })
  .transform((text) => `${new URL(`http://[${text.split("/")[0]}]/`).hostname.slice(1, -1)}/${text.split("/")[1]}`);

export const dockerNetworkType: ResourceType<DockerNetworkInputs, NetworkState> = {
  token: "quayside:host:DockerNetwork",
  schema: z.strictObject({
    host,
    name: z
      .string()
      .regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/, "a network's name has letters, digits, _ . and -")
      .refine((name) => !["bridge", "host", "none"].includes(name), "bridge, host and none are Docker's own networks"),
    driver: z.enum(["bridge", "macvlan", "ipvlan"], "bridge, macvlan or ipvlan").default("bridge"),
    subnet: ipv4Range.optional(),
    gateway: z
      .string()
      .refine((text) => isIPv4(text), "an IPv4 address is needed")
      .optional(),
    // Said, so that a network that had one and is to have none any more is a difference.
    ipv6Subnet: ipv6Range.nullable().default(null),
    internal: z.boolean().default(false),
    attachable: z.boolean().default(false),
    options: z.record(z.string(), z.string()).default({}),
    labels: z.record(z.string(), z.string()).default({}),
  }),
  identity: ["name"],
  idOf: (inputs) => `network/${inputs.name}`,

  async observe(session, inputs, previous) {
    const output = requireDocker(
      session,
      await session.read(`look at the network ${inputs.name}`, observeNetwork(inputs.name)),
    );
    if (!output.trim()) return undefined;
    const inspection = JSON.parse(output) as NetworkInspection;
    // Docker also finds a network by the beginning of its id.
    return inspection.Name === inputs.name ? networkState(inspection, inputs, previous) : undefined;
  },

  async apply(session, inputs, observed) {
    const { host: _, ...wanted } = inputs;
    if (observed === undefined) {
      requireDocker(session, await session.run("ask Docker whether it runs", PING));
      await session.run(`create the network ${wanted.name}`, createNetwork(wanted));
    } else if (differs(inputs, observed)) {
      await remake(session, observed, wanted);
    } else {
      return observed;
    }
    const state = await dockerNetworkType.observe(session, inputs, undefined);
    if (!state || differs(inputs, state)) {
      throw session.fail(
        `the network ${wanted.name} was made but is not as declared: Docker gave ${JSON.stringify(state ?? "none")}. ` +
          "Does the driver take these options (`docker network inspect`)?",
      );
    }
    return state;
  },

  async remove(session, inputs) {
    const present = await session.read(`look at the network ${inputs.name}`, observeNetwork(inputs.name));
    if (!requireDocker(session, present).trim()) return;
    const containers = await attached(session, inputs.name);
    if (containers.length > 0) {
      const names = containers.map((each) => `${containerName(each)} (${each.State.Status})`).join(", ");
      throw session.fail(
        `the network ${inputs.name} is not removed, as containers are on it: ${names}. ` +
          `Remove them, or take them off with \`docker network disconnect ${inputs.name} <container>\`, and run again.`,
      );
    }
    await session.run(`remove the network ${inputs.name}`, `docker network rm ${q(inputs.name)} >/dev/null`);
  },
};

async function remake(session: Session, observed: NetworkState, wanted: NetworkState): Promise<void> {
  const containers = await attached(session, wanted.name);
  if (containers.length > 0) {
    const names = containers.map(containerName).join(", ");
    session.warn(`the network ${wanted.name} is made anew; disconnected for a moment: ${names}`);
  }
  const result = await session.attempt(remakeNetwork(observed, wanted, containers));
  const said = result.stderr.trim();
  if (result.code === 3) {
    throw session.fail(
      `Docker refuses the new settings of the network ${wanted.name}, so it was left as it was:\n  ${said}`,
    );
  }
  if (result.code !== 0) {
    throw session.fail(
      `the network ${wanted.name} is as declared now, but not every container could be put back on it:\n  ${said}\n` +
        "Connect them with `docker network connect`, or recreate them.",
    );
  }
}

async function attached(session: Session, name: string): Promise<ContainerInspection[]> {
  const output = await session.read(`list the containers on the network ${name}`, observeContainers(name));
  return requireDocker(session, output)
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as ContainerInspection);
}

function differs(inputs: DockerNetworkInputs, observed: NetworkState): boolean {
  const rules = { identity: [], settings: [] };
  return (
    diffProperties(inputs as unknown as Properties, { host: inputs.host, ...observed } as unknown as Properties, rules)
      .length > 0
  );
}

/** Says what is wrong with an IPv4 range, and what it may have meant. */
function ipv4RangeFault(text: string): string | undefined {
  const [address = "", size = ""] = text.split("/");
  const bits = Number(size);
  if (!isIPv4(address) || !/^\d{1,2}$/.test(size) || bits < 8 || bits > 30) {
    return "an IPv4 range of /8 to /30 is needed, such as 172.20.1.0/24";
  }
  const number = address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
  const first = number - (number % 2 ** (32 - bits));
  if (first === number) return undefined;
  const network = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join(".");
  return `this is an address inside a range; the range itself is ${network}/${bits}`;
}
