/** Whether the hosts of a stack let us in, and are fit for what is to run there. */
import { type Answer, askHosts, connectionsOf } from "../hosts.ts";
import type { Resource } from "../plan-model/resource.ts";
import { type Finding, inArea } from "./finding.ts";

const { ok, warning, problem } = inArea("hosts");

/** What a host says of itself, one fact a line. Changes nothing. */
export const LOOK = `
echo "now $(date +%s.%N)"
echo "uid $(id -u)"
for path in / /var/lib/docker; do
  [ -d "$path" ] && df -Pk "$path" | awk -v path="$path" 'NR == 2 { print "disk", path, $2, $4 }'
done
echo "docker $(docker version --format '{{.Server.Version}}' 2>/dev/null || true)"
echo "synchronised $(timedatectl show --property NTPSynchronized --value 2>/dev/null || true)"
echo "failed $(systemctl list-units --failed --plain --no-legend 2>/dev/null | awk '{ printf "%s ", $1 }')"
[ ! -e /run/reboot-required ] || echo "reboot wanted"
`;

/** @param keyFile - The stack's private key; without one, what the person logs in with. */
export async function hostFindings(resources: readonly Resource[], keyFile: string | undefined): Promise<Finding[]> {
  const isServer = ({ type }: Resource): boolean => /^quayside:server:(Existing|Hetzner)Server$/.test(type);
  const servers = new Set(resources.filter(isServer).map(({ name }) => name));
  const hosts = connectionsOf(resources);
  const later = [...servers].filter((name) => !hosts.some((host) => host.name === name));
  const withDocker = new Set(
    connectionsOf(resources.filter(({ type }) => type === "quayside:host:ComposeProject")).map(({ name }) => name),
  );
  const answers = await askHosts(hosts, LOOK, keyFile);
  return [
    ...answers.flatMap((answer) => judgeHost(answer, Date.now(), withDocker.has(answer.host.name))),
    ...later.map((name) => ok(name, "not made yet")),
  ];
}

/**
 * Pure.
 *
 * @param now - In milliseconds since 1970, when the answer came.
 * @param needsDocker - Whether something of the stack runs in containers there.
 */
export function judgeHost(answer: Answer, now: number, needsDocker: boolean): Finding[] {
  const { name, user = "root", hostKey } = answer.host;
  if ("error" in answer) return [unreachable(name, answer.error)];
  const { code, stdout, stderr } = answer.result;
  if (code !== 0 && /sudo/.test(stderr)) {
    const line = `echo '${user} ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/quayside`;
    return [
      problem(
        `${name}: sudo`,
        `${user} may not become root without a password: ${stderr.trim()}`,
        `As root there: ${line}`,
      ),
    ];
  }
  const facts = stdout.split("\n").map((line) => line.split(" "));
  const fact = (key: string): string[] => facts.find(([word]) => word === key)?.slice(1) ?? [];
  if (fact("uid")[0] !== "0") {
    return [
      problem(
        `${name}: login`,
        `what runs there is not root's: ${(stderr || stdout).trim()}`,
        `Log in as root, or give ${user} sudo.`,
      ),
    ];
  }
  return [
    ok(
      `${name}: login`,
      `${user}@${answer.host.address}, host key as ${hostKey ? "declared" : "first seen"}${user === "root" ? "" : ", sudo"}`,
    ),
    ...facts
      .filter(([word]) => word === "disk")
      .map(([, path = "", total, free]) => disk(name, path, Number(total), Number(free))),
    clock(name, Number(fact("now")[0]) * 1000 - now, fact("synchronised")[0]),
    ...docker(name, fact("docker")[0] ?? "", needsDocker),
    ...failedUnits(name, fact("failed").filter(Boolean)),
    ...(fact("reboot").length > 0
      ? [warning(`${name}: reboot`, "an update waits for one", `ssh ${name} reboot, at a quiet hour`)]
      : []),
  ];
}

/** The transport says what is wrong and what to do; here it is only told apart. */
function unreachable(name: string, error: string): Finding {
  const text = error.replace(/^\S+ \(\S+\): /, "");
  if (/presents another key/.test(text)) {
    const [what = "", ...rest] = text.split("\n");
    const remedy = rest.pop();
    return problem(`${name}: host key`, [what, ...rest].join("\n"), remedy);
  }
  const [what = text, remedy] = splitAt(text, /(?<=[.)]) (?=(?:Is the host up|Allow the deploy key))/);
  const kind = /SSH key/.test(what) ? "login" : "reachable";
  return problem(`${name}: ${kind}`, what.trim(), remedy ?? "Set QUAYSIDE_SSH_KEY_FILE, or start an SSH agent.");
}

function splitAt(text: string, at: RegExp): [string, string?] {
  const index = text.search(at);
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + 1)];
}

const GB_IN_KB = 2 ** 20;

function disk(name: string, path: string, total: number, free: number): Finding {
  const share = total > 0 ? free / total : 0;
  const detail = `${(free / GB_IN_KB).toFixed(1)} GB of ${(total / GB_IN_KB).toFixed(1)} GB free`;
  const remedy = "docker system prune, journalctl --vacuum-size=200M, or a larger disk";
  const label = `${name}: disk ${path}`;
  if (free < GB_IN_KB || share < 0.03) return problem(label, detail, remedy);
  return share < 0.1 ? warning(label, detail, remedy) : ok(label, detail);
}

/** @param skew - How much its clock is ahead, in milliseconds; an answer is on its way for a moment. */
function clock(name: string, skew: number, synchronised: string | undefined): Finding {
  const label = `${name}: clock`;
  const seconds = Math.round(Math.abs(skew) / 1000);
  const remedy = "timedatectl set-ntp true (systemd-timesyncd), and look at: timedatectl timesync-status";
  if (Number.isNaN(skew)) return warning(label, "its time is not known", remedy);
  const off = `${seconds} s ${skew > 0 ? "ahead of" : "behind"} this machine`;
  if (seconds > 60) return problem(label, `${off}: certificates and one-time keys fail`, remedy);
  if (seconds > 10) return warning(label, off, remedy);
  return synchronised === "no" ? warning(label, "right, but not kept so (no NTP)", remedy) : ok(label, "right");
}

function docker(name: string, version: string, needed: boolean): Finding[] {
  const label = `${name}: Docker`;
  if (version !== "") return [ok(label, version)];
  return needed
    ? [
        problem(
          label,
          "does not answer, and services are to run there",
          "systemctl status docker; journalctl -u docker -n 50",
        ),
      ]
    : [];
}

function failedUnits(name: string, units: readonly string[]): Finding[] {
  const [first] = units;
  if (first === undefined) return [];
  return [warning(`${name}: units`, `failed: ${units.join(", ")}`, `systemctl status ${first}`)];
}
