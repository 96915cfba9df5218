import { q } from "../transport/shell.ts";
import { type Answer, judge, REFUSAL, unanswered } from "./answer.ts";
import type { ProbedRequest } from "./inputs.ts";

/** A request that the host makes for us. */
export interface Errand {
  request: ProbedRequest;
  address: string;
  /** Container in whose network namespace curl runs. */
  container?: string;
}

/** What curl's exit codes mean, where it is worth a word. */
const CURL: Record<number, string> = {
  7: "connection refused or no way there",
  28: "silent for 10 s",
  35: "no certificate for this hostname yet, or TLS refused",
  52: "connection closed",
  56: "connection reset",
};

/** Prints a line per errand: its number, curl's exit code, the status, and why the proxy refused. All at once. */
export function askScript(errands: readonly Errand[]): string {
  return [
    "command -v curl >/dev/null 2>&1 || { echo '@curl missing'; exit 0; }",
    "answers=$(mktemp -d) && trap 'rm -rf \"$answers\"' EXIT",
    ...errands.map((errand, index) => `(${ask(errand, index)}) >"$answers/${index}" 2>/dev/null </dev/null &`),
    "wait",
    'cat "$answers"/*',
  ].join("\n");
}

/** A token is in curl's configuration on its standard input, not among its arguments. */
function ask({ request, address, container }: Errand, index: number): string {
  const { hostname, path, method, header } = request;
  const shown = address.includes(":") ? `[${address}]` : address;
  const options = [
    `url = "https://${hostname}${path}"`,
    `resolve = "${hostname}:443:${shown}"`,
    `request = "${method}"`,
    'noproxy = "*"',
    'user-agent = "quayside-probe"',
    ...(header ? [`header = "${header.name}: ${header.value.replace(/["\\]/g, "\\$&")}"`] : []),
  ].join("\n");
  const curl = "curl -q -sk -m 10 -o /dev/null -D - -K -";
  const pid = `pid=$(docker inspect -f '{{.State.Pid}}' ${q(container ?? "")}) && [ "$pid" != 0 ] || { echo '${index} @container'; exit; }`;
  return [
    ...(container ? [pid] : []),
    `headers=$(printf '%s\\n' ${q(options)} | ${container ? `nsenter -t "$pid" -n ${curl}` : curl}); code=$?`,
    `printf '${index} %s ' "$code"`,
    `printf '%s\\n' "$headers" | tr -d '\\r' | awk '${AWK}'`,
  ].join("; ");
}

const AWK = `tolower($1) ~ /^http\\// { status = $2 } tolower($1) == "${REFUSAL}:" { refusal = $2 } END { print status, refusal }`;

/** The answers, in the order of the errands; undefined where the host has no curl. */
export function parseAnswers(output: string, errands: readonly Errand[]): Answer[] | undefined {
  if (output.includes("@curl missing")) return undefined;
  const lines = new Map(output.split("\n").map((line) => [Number(line.split(" ")[0] || -1), line.split(" ").slice(1)]));
  return errands.map(({ container }, index) => {
    const [code = "", status = "", refusal = ""] = lines.get(index) ?? [];
    if (code === "@container") return unanswered(`the container ${container} does not run`);
    if (code !== "0") return unanswered(CURL[Number(code)] ?? `curl ended with ${code || "nothing"}`);
    return judge(Number(status), refusal || undefined);
  });
}
