import { emitTo, q } from "../transport/shell.ts";
import type { MeshMemberInputs } from "./type.ts";

/** Nobody reaches anybody: what counts until a policy is declared, as Headscale without one lets everything through. */
export const CLOSED_POLICY = '{"acls":[]}';

/** Short enough that a key which a killed run left unused is worth nothing when somebody finds it. */
const KEY_MINUTES = 5;
/** Seconds to wait for Headscale's address to answer, which a proxy may still get its certificate for. */
const SERVER_PATIENCE = 180;

/** A Headscale that just does not answer may well have a policy. */
const closeUnlessDecided = `if ! said=$(headscale policy get 2>&1); then
  case $said in *"policy not found"*) ;; *) printf '%s\\n' "$said" >&2; exit 1 ;; esac
  policy=$(mktemp /run/quayside-policy.XXXXXX); trap 'rm -f "$policy"' EXIT
  echo '${CLOSED_POLICY}' >"$policy"
  headscale policy set -f "$policy" >/dev/null
fi`;

/** Prints a key for one device of a person, who is made known first. */
export function joinKey(user: string, expiration: string): string {
  const name = `headscale users list --name ${q(user)} -o json`;
  return `set -eu
${closeUnlessDecided}
id() { ${name} | sed -n 's/^[[:space:]]*"id": *\\([0-9]*\\),*$/\\1/p' | head -n 1; }
[ -n "$(id)" ] || headscale users create ${q(user)} >/dev/null
headscale preauthkeys create --user "$(id)" --expiration ${q(expiration)} -o json`;
}

/** Prints a key for one join. The mesh is closed first if nobody has said yet who may reach whom. */
export function makeKey(tags: readonly string[]): string {
  return `set -eu
${closeUnlessDecided}
headscale preauthkeys create --tags ${q(tags.join(","))} --expiration ${KEY_MINUTES}m -o json`;
}

/** Joins, or joins anew, with a key that is only ever in a file of root's which goes at once. */
export function join(inputs: MeshMemberInputs, key: string): string {
  return `set -eu
${awaitServer(inputs.server)}
rm -f /run/quayside-join.*
umask 077
key=$(mktemp /run/quayside-join.XXXXXX); trap 'rm -f "$key"' EXIT
${emitTo('"$key"', key)}
tailscale up --reset --force-reauth --auth-key "file:$key" ${upFlags(inputs)}`;
}

/** A daemon that was just started takes a moment until it answers. */
export function awaitClient(look: string): string {
  return `tries=0
until tailscale status --json --peers=false >/dev/null 2>&1 || [ $tries -ge 50 ]; do tries=$((tries + 1)); sleep 0.2; done
${look}`;
}

/** Starts again what somebody stopped. */
export function resume(inputs: MeshMemberInputs): string {
  return `set -eu
${awaitServer(inputs.server)}
tailscale up --reset ${upFlags(inputs)}`;
}

function upFlags({ server, node, acceptDns, acceptRoutes }: MeshMemberInputs): string {
  return `--login-server ${q(server)} --hostname ${q(node)} --accept-dns=${acceptDns} --accept-routes=${acceptRoutes} --timeout 60s`;
}

/** Any HTTP answer will do: a certificate that is not trusted, or no answer, is what there is to find out. */
function awaitServer(server: string): string {
  return `tries=0
until said=$(curl --silent --show-error --max-time 10 --output /dev/null -- ${q(`${server}/health`)} 2>&1); do
  tries=$((tries + 1))
  if [ $tries -ge ${SERVER_PATIENCE} ]; then echo "${server} does not answer: $said" >&2; exit 1; fi
  sleep 1
done`;
}

/** Brings the client's own settings to what is wanted. */
export function settle(inputs: MeshMemberInputs): string {
  const { node, acceptDns, acceptRoutes, routes, exitNode } = inputs;
  return `tailscale set --hostname ${q(node)} --accept-dns=${acceptDns} --accept-routes=${acceptRoutes} \\
  --advertise-routes=${q(routes.join(","))} --advertise-exit-node=${exitNode}`;
}

export const renameNode = (id: number, name: string): string => `headscale nodes rename -i ${id} ${q(name)} >/dev/null`;
export const tagNode = (id: number, tags: readonly string[]): string =>
  `headscale nodes tag -i ${id} -t ${q(tags.join(","))} >/dev/null`;
export const approveRoutes = (id: number, routes: readonly string[]): string =>
  `headscale nodes approve-routes -i ${id} -r ${q(routes.join(","))} >/dev/null`;
export const deleteNode = (id: number): string => `headscale nodes delete -i ${id} --force >/dev/null`;

/** Headscale keeps the node of a tagged client that logs out, so that is deleted there besides. */
export const LOGOUT = `command -v tailscale >/dev/null || exit 0
timeout 20 tailscale logout 2>&1 || timeout 5 tailscale down 2>&1 || :`;
