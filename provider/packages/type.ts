import { z } from "zod";
import type { HostInputs, ResourceType } from "../resource-type.ts";
import { host } from "../schema.ts";
import { entriesWithout } from "../things.ts";
import { planPackages } from "./plan.ts";
import { changePackages, observePackages, parseKept, parsePackages } from "./script.ts";
import { type AptSourceInputs, sourceName, sourceSchema } from "./source.ts";

/** Package names to the version that they have to have, or to `present`. */
export type Versions = Record<string, string>;

export interface PackagesInputs extends HostInputs {
  packages: Versions;
  sources?: Record<string, AptSourceInputs> | null;
  retain?: boolean;
}

export interface PackagesState {
  packages: Versions;
  sources?: Record<string, AptSourceInputs>;
}

const packageThing = (name: string) => `package ${name}`;
const sourceThing = (name: string) => `apt source ${name}`;

const NAME = /^([a-z0-9][a-z0-9+.-]+)(?:=([A-Za-z0-9.+:~-]+))?$/;
const name = z.string().regex(NAME, 'a Debian package name is needed, such as "curl" or "redis-server=5:8.0.2-3"');

export const packagesType: ResourceType<PackagesInputs, PackagesState> = {
  token: "quayside:host:Packages",
  schema: z.strictObject({
    host,
    // What is checked once is stored and comes back as versions by name.
    packages: z.array(name).superRefine(noContradiction).transform(versionsByName),
    // Said, so that sources that are not declared any more are a difference.
    sources: z.record(sourceName, sourceSchema).nullable().default(null),
    retain: z.boolean().optional(),
  }) as unknown as z.ZodType<PackagesInputs>,
  identity: [],
  settings: ["retain"],
  idOf: () => "packages",
  things: ({ packages, sources }) => [
    ...Object.keys(packages ?? {}).map(packageThing),
    ...Object.keys(sources ?? {}).map(sourceThing),
  ],
  without: (declared, things) => ({
    ...declared,
    packages: entriesWithout(declared.packages, packageThing, things),
    ...(declared.sources && { sources: entriesWithout(declared.sources, sourceThing, things) }),
  }),

  async observe(session, inputs) {
    const state = parsePackages(await session.read("list the packages", observePackages(inputs)), inputs);
    const nothing = Object.keys(state.packages).length === 0 && Object.keys(state.sources ?? {}).length === 0;
    return nothing && Object.keys(inputs.packages).length > 0 ? undefined : state;
  },

  async apply(session, inputs, observed, previous) {
    const plan = planPackages(inputs, observed, previous);
    const install = plan.install.map(([name]) => name);
    if (install.length > 0) session.progress(`installing ${install.join(", ")}`);
    if (install.length + plan.uninstall.length + plan.sources.write.length + plan.sources.remove.length > 0) {
      const doing = install.length > 0 ? `install ${install.join(", ")}` : "set up apt";
      reportKept(session, await session.run(doing, changePackages(inputs, plan)));
    }
    const state = parsePackages(await session.read("list the packages", observePackages(inputs)), inputs);
    const missing = Object.keys(inputs.packages).filter((name) => state.packages[name] !== inputs.packages[name]);
    if (missing.length > 0) {
      throw session.fail(
        `apt ended well, but ${missing.join(", ")} is not installed as declared: is it the name of a real package ` +
          "(`apt-cache policy` says so), and not of a virtual one?",
      );
    }
    return state;
  },

  async remove(session, inputs, state) {
    if (inputs.retain) return;
    const plan = planPackages({ packages: {}, sources: {} }, undefined, state);
    reportKept(session, await session.run("remove packages", changePackages(inputs, plan)));
  },
};

function reportKept(session: { warn(message: string): void }, output: string): void {
  const kept = parseKept(output);
  if (kept.length > 0) session.warn(`${kept.join(", ")} stays installed, as other packages of the host need it.`);
}

function versionsByName(names: string[]): Versions {
  const pairs = names
    .map((text) => NAME.exec(text))
    .map((match): [string, string] => [match?.[1] ?? "", match?.[2] ?? "present"]);
  return Object.fromEntries(pairs.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function noContradiction(names: string[], context: z.core.$RefinementCtx<string[]>): void {
  const versions = new Map<string, string>();
  names.forEach((text, index) => {
    const [, name = "", version = "present"] = NAME.exec(text) ?? [];
    if (versions.has(name) && versions.get(name) !== version) {
      context.addIssue({
        code: "custom",
        path: [index],
        message: `${name} is declared twice, with different versions`,
      });
    }
    versions.set(name, version);
  });
}
