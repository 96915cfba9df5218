import { NODES_SCRIPT, UNLESS_DOWN } from "../mesh-member/look.ts";
import { emitTo, q } from "../transport/shell.ts";

/** Prints users, nodes and the stored policy (in base64, as it may be of several lines; nothing where there is none). */
export const OBSERVE = `set -eu
headscale users list -o json || ${UNLESS_DOWN}; echo; echo =
${NODES_SCRIPT}; echo; echo =
if policy=$(headscale policy get 2>&1); then printf '%s' "$policy" | base64 -w0
else case $policy in *"policy not found"*) ;; *) printf '%s\\n' "$policy" >&2; exit 1 ;; esac; fi`;

/** Makes the people that are missing. */
export function makeUsers(missing: readonly string[]): string {
  return missing.map((user) => `headscale users create ${q(user)} >/dev/null`).join("\n");
}

/** Has Headscale check and take a policy, whole or not at all. */
export function setPolicy(policy: object): string {
  return `umask 077
rm -f /run/quayside-policy-set.*
file=$(mktemp /run/quayside-policy-set.XXXXXX); trap 'rm -f "$file"' EXIT
${emitTo('"$file"', JSON.stringify(policy))}
headscale policy set -f "$file" >/dev/null`;
}

export const SAVE = 'headscale policy get >"$saved/policy"';
export const REVERT = 'headscale policy set -f "$saved/policy"';
