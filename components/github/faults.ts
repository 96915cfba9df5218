import type { Fault } from "../component.ts";
import type { BranchRules, EnvironmentArgs, GitHubRepositoryArgs, LabelArgs, WebhookArgs } from "./repository-args.ts";

const MAX_WAIT_MINUTES = 43_200;
const MAX_REVIEWERS = 6;

/** Everything wrong with a repository; values of secrets are not looked at. */
export function repositoryFaults(name: string, args: GitHubRepositoryArgs): Fault[] {
  const repository = args.repository ?? name;
  return [
    ...check(
      /^(?!\.{1,2}$)[\w.-]{1,100}$/.test(repository),
      "repository",
      repository,
      "up to 100 letters, digits, . - and _ are allowed",
    ),
    ...settingsFaults(args),
    ...each(args.rules, "rules", ruleFaults),
    ...each(args.labels, "labels", labelFaults),
    ...each(args.webhooks, "webhooks", webhookFaults),
    ...deployKeyFaults(args.deployKeys),
    ...each(args.environments, "environments", environmentFaults),
    ...nameFaults(args.secrets, "secrets"),
    ...nameFaults(args.variables, "variables"),
  ];
}

function settingsFaults({ existing, adopt, ephemeral, settings }: GitHubRepositoryArgs): Fault[] {
  const faults: Fault[] = [];
  if (existing && settings) {
    const reason = "is given, but those of an existing repository are not touched; give `adopt` in place of `existing`";
    faults.push({ path: "settings", reason });
  }
  if (existing && adopt) faults.push({ path: "adopt", reason: "is given with `existing`; one of the two is meant" });
  if (existing && ephemeral) {
    faults.push({ path: "ephemeral", reason: "is given, but an existing repository is never deleted" });
  }
  for (const [index, topic] of (settings?.topics ?? []).entries()) {
    faults.push(
      ...check(
        /^[a-z0-9][a-z0-9-]{0,49}$/.test(topic),
        `settings.topics[${index}]`,
        topic,
        "up to 50 lower-case letters, digits and hyphens are allowed",
      ),
    );
  }
  if (settings?.merge?.length === 0)
    faults.push({ path: "settings.merge", reason: "is empty; nothing could ever be merged" });
  return faults;
}

function ruleFaults(path: string, rules: BranchRules): Fault[] {
  const { approvals, codeOwners, branches } = rules;
  const faults: Fault[] = [];
  if (approvals !== undefined)
    faults.push(...check(isWithin(approvals, 10), `${path}.approvals`, approvals, "0 to 10 are allowed"));
  else if (codeOwners) faults.push({ path: `${path}.codeOwners`, reason: "needs pull requests; give `approvals`" });
  if (branches?.length === 0)
    faults.push({ path: `${path}.branches`, reason: "is empty; leave it out for the default branch" });
  for (const [index, branch] of (branches ?? []).entries()) {
    faults.push(
      ...check(
        !/^(refs\/|~)|\s/.test(branch),
        `${path}.branches[${index}]`,
        branch,
        "a branch or pattern such as release/* is needed",
      ),
    );
  }
  return faults;
}

function labelFaults(path: string, { color }: LabelArgs, name: string): Fault[] {
  return [
    ...check(/^[0-9a-f]{6}$/i.test(color), `${path}.color`, color, "six hexadecimal digits such as 0e8a16 are needed"),
    ...check(name.length <= 50, path, name, "up to 50 characters are allowed"),
  ];
}

function webhookFaults(path: string, { url, events }: WebhookArgs): Fault[] {
  const faults = check(
    /^(https:\/\/|http:\/\/(127\.0\.0\.1|localhost)[:/])/.test(url),
    `${path}.url`,
    url,
    "a URL that begins with https:// is needed",
  );
  if (events.length === 0) faults.push({ path: `${path}.events`, reason: "is empty; nothing would ever be sent" });
  for (const [index, event] of events.entries()) {
    faults.push(
      ...check(
        /^(\*|[a-z_]+)$/.test(event),
        `${path}.events[${index}]`,
        event,
        "an event such as pull_request is needed",
      ),
    );
  }
  return faults;
}

function deployKeyFaults(keys: GitHubRepositoryArgs["deployKeys"]): Fault[] {
  const owners = new Map<string, string>();
  return each(keys, "deployKeys", (path, { key }) => {
    if (typeof key !== "string") return [];
    // Never shown: somebody may have given the private half.
    const [, bare] = /^((?:ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp\d+) [A-Za-z0-9+/=]+)( .*)?$/.exec(key.trim()) ?? [];
    if (!bare) return [{ path: `${path}.key`, reason: "is no public key; it looks like `ssh-ed25519 AAAA…`" }];
    const owner = owners.get(bare);
    owners.set(bare, path);
    return owner ? [{ path: `${path}.key`, reason: `is that of ${owner}, too; GitHub takes a key once` }] : [];
  });
}

function environmentFaults(path: string, environment: EnvironmentArgs, name: string): Fault[] {
  const { waitMinutes, reviewers, branches } = environment;
  const faults = check(/^[^/\\]{1,255}$/.test(name), path, name, "up to 255 characters without slashes are allowed");
  if (waitMinutes !== undefined) {
    faults.push(
      ...check(
        isWithin(waitMinutes, MAX_WAIT_MINUTES),
        `${path}.waitMinutes`,
        waitMinutes,
        `0 to ${MAX_WAIT_MINUTES} (30 days) are allowed`,
      ),
    );
  }
  const count = (reviewers?.users?.length ?? 0) + (reviewers?.teams?.length ?? 0);
  if (count > MAX_REVIEWERS) {
    faults.push({
      path: `${path}.reviewers`,
      reason: `are ${count}, users and teams together; ${MAX_REVIEWERS} are allowed`,
    });
  }
  if (branches?.length === 0)
    faults.push({ path: `${path}.branches`, reason: "is empty; leave it out for all branches" });
  return [
    ...faults,
    ...nameFaults(environment.secrets, `${path}.secrets`),
    ...nameFaults(environment.variables, `${path}.variables`),
  ];
}

/** GitHub keeps names in capitals; other spellings would be another name in the state than at GitHub. */
function nameFaults(values: Record<string, unknown> | undefined, path: string): Fault[] {
  return Object.keys(values ?? {}).flatMap((name) => {
    const at = `${path}.${name}`;
    if (name.startsWith("GITHUB_")) return [{ path: at, reason: "begins with GITHUB_, which GitHub keeps for itself" }];
    return check(
      /^[A-Z_][A-Z0-9_]*$/.test(name),
      at,
      name,
      "capitals, digits and underscores are allowed, no digit first",
    );
  });
}

function each<Value>(
  values: Record<string, Value> | undefined,
  path: string,
  faultsOf: (path: string, value: Value, key: string) => Fault[],
): Fault[] {
  return Object.entries(values ?? {}).flatMap(([key, value]) =>
    faultsOf(/^[\w-]+$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`, value, key),
  );
}

function check(isRight: boolean, path: string, value: unknown, allowed: string): Fault[] {
  return isRight ? [] : [{ path, reason: `is ${JSON.stringify(value)}; ${allowed}` }];
}

function isWithin(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= most;
}
