/** What changes, by host and by service. */
import { type Difference, differencesOf } from "./differences.ts";
import { componentOf, hostOf, indexed, subjectOf } from "./ownership.ts";
import { type Operation, type Preview, resourcesAfter, resourcesBefore, type Step } from "./preview.ts";
import { SECRET } from "./resource.ts";

export interface HostChanges {
  /** Undefined for what is on no host: accounts, networks of the cloud, DNS, repositories. */
  host: string | undefined;
  subjects: readonly SubjectChanges[];
}

/** The changes of one service, server, firewall … */
export interface SubjectChanges {
  name: string;
  /** Name of its class: `Service`, `Postgres`, `Hardening` …; the resource's own for one without a component. */
  kind: string;
  /** What happens to it: the same for all of its resources, else it is updated. */
  operation: Exclude<Operation, "same">;
  resources: readonly ResourceChange[];
}

export interface ResourceChange {
  name: string;
  /** `ComposeProject` */
  type: string;
  operation: Exclude<Operation, "same">;
  differences: readonly Difference[];
}

/** Pure. Hosts in the order of their names, what is on none at the end. */
export function changesOf(preview: Preview): HostChanges[] {
  const all = indexed([...resourcesBefore(preview), ...resourcesAfter(preview)]);
  const changed = preview.steps.flatMap((step) => {
    const resource = step.after ?? step.before;
    if (step.operation === "same" || !resource?.custom || resource.type.startsWith("pulumi:")) return [];
    const component = componentOf(resource, all);
    return [
      {
        host: hostOf(resource, all),
        subject: subjectOf(resource, all),
        kind: lastOf(component?.type ?? resource.type),
        change: changeOf(step, step.operation, lastOf(resource.type)),
      },
    ];
  });
  const byHost = [...Map.groupBy(changed, ({ host }) => host)].sort(([a], [b]) => order(a, b));
  return byHost.map(([host, ofHost]) => ({
    host,
    subjects: [...Map.groupBy(ofHost, ({ subject }) => subject)]
      .sort(([a], [b]) => order(a, b))
      .map(([name, items]) => {
        const resources = items.map(({ change }) => change);
        return { name, kind: items[0]?.kind ?? "", operation: together(resources), resources };
      }),
  }));
}

function order(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return a < b ? -1 : a > b ? 1 : 0;
}

const lastOf = (type: string): string => type.split(":").at(-1) ?? type;

function together(resources: readonly ResourceChange[]): SubjectChanges["operation"] {
  const [first = "update", ...others] = new Set(resources.map(({ operation }) => operation));
  return others.length === 0 ? first : "update";
}

function changeOf(step: Step, operation: ResourceChange["operation"], type: string): ResourceChange {
  const { before, after, differing } = step;
  const resource = after ?? before;
  const seen = before && after ? differencesOf(before, after) : [];
  // A changed secret is masked before and after: only the engine knows that it differs.
  const covered = (path: string) => seen.some((found) => found.path.startsWith(path) || path.startsWith(found.path));
  const hidden = operation === "update" || operation === "replace" ? differing.filter((path) => !covered(path)) : [];
  const differences = [...seen, ...hidden.map((path) => ({ path, from: SECRET, to: SECRET }))];
  return { name: resource?.name ?? "", type, operation, differences };
}
