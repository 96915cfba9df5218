import { emit } from "../transport/shell.ts";
import { KEYWORDS, type SshDaemonInputs, type SshDaemonOptions } from "./options.ts";

export const CONFIG_FILE = "/etc/ssh/sshd_config.d/00-quayside.conf";
export const SOCKET_FILE = "/etc/systemd/system/ssh.socket.d/quayside.conf";

export interface SshDaemonState extends SshDaemonOptions {
  config: string;
}

const MARK = "== quayside ";

/**
 * Prints our file, what sshd makes of everything (as a stranger from outside meets it), what it would make of the
 * wanted file alone, and the ports that are listened on. Nothing when there is no sshd.
 */
export function observeScript(inputs: SshDaemonInputs): string {
  return `sshd=$(command -v sshd) || exit 0
mark() { printf '${MARK}%s\\n' "$1"; }
[ -d /run/sshd ] || mkdir -m 0755 /run/sshd
mark config; cat ${CONFIG_FILE} 2>/dev/null || :
mark effective; "$sshd" -T -C user=nobody,host=outside.invalid,addr=203.0.113.1 || exit 1
mark wanted; {
${emit(inputs.config)}
} | "$sshd" -T -f /dev/stdin || { echo 'sshd does not accept these options; nothing was changed' >&2; exit 1; }
mark listening; awk '$4 == "0A" { print $2 }' /proc/net/tcp /proc/net/tcp6 2>/dev/null || :`;
}

interface Facts {
  config: string;
  effective: Map<string, string[]>;
  wanted: Map<string, string[]>;
  listening: Set<number>;
}

/** Reads what {@link observeScript} printed. */
export function parseState(output: string, inputs: SshDaemonInputs): SshDaemonState | undefined {
  const sections = new Map(
    output
      .split(new RegExp(`^${MARK}`, "m"))
      .slice(1)
      .map((section) => {
        const end = section.indexOf("\n");
        return [section.slice(0, end), section.slice(end + 1)] as const;
      }),
  );
  if (sections.size === 0) return undefined;
  return stateOf(
    {
      config: sections.get("config") ?? "",
      effective: parseDump(sections.get("effective") ?? ""),
      wanted: parseDump(sections.get("wanted") ?? ""),
      listening: parseListening(sections.get("listening") ?? ""),
    },
    inputs,
  );
}

/** `sshd -T`: a keyword in lower case and its value; lists are several lines. */
export function parseDump(dump: string): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const line of dump.split("\n")) {
    const [, keyword, value] = /^([a-z0-9]+) ?(.*)$/.exec(line) ?? [];
    if (keyword === undefined) continue;
    const before = values.get(keyword) ?? [];
    values.set(keyword, [...before, value ?? ""]);
  }
  return values;
}

/** Ports from /proc/net/tcp's `0100007F:0016`. */
export function parseListening(addresses: string): Set<number> {
  return new Set([...addresses.matchAll(/:([0-9A-F]{4})$/gm)].map(([, port = "0"]) => Number.parseInt(port, 16)));
}

/** An option whose value means the same to sshd is reported as declared; any other in sshd's words. Pure. */
export function stateOf(facts: Facts, inputs: SshDaemonInputs): SshDaemonState {
  const same = (keyword: string) => {
    const lower = keyword.toLowerCase();
    return sorted(facts.effective.get(lower)) === sorted(facts.wanted.get(lower));
  };
  const words = (keyword: string) => facts.effective.get(keyword.toLowerCase()) ?? [];
  const state: Record<string, unknown> = { config: facts.config };
  for (const [option, keyword] of Object.entries(KEYWORDS) as [keyof typeof KEYWORDS, string][]) {
    const declared = inputs[option];
    if (declared === undefined) continue;
    state[option] = same(keyword) ? declared : inWords(declared, words(keyword));
  }
  const ports = state.ports as number[];
  state.ports = ports.filter((port) => facts.listening.has(port));
  state.extra = Object.fromEntries(
    Object.entries(inputs.extra).map(([keyword, value]) => [keyword, same(keyword) ? value : words(keyword).join(" ")]),
  );
  return state as unknown as SshDaemonState;
}

function inWords(declared: unknown, words: string[]): unknown {
  const [first = ""] = words;
  if (Array.isArray(declared)) return typeof declared[0] === "number" ? words.map(Number) : words;
  if (typeof declared === "boolean") return first === "yes" || first === "no" ? first === "yes" : first;
  if (typeof declared === "number") return Number(first);
  return first === "without-password" ? "prohibit-password" : first;
}

function sorted(values: string[] | undefined): string {
  return [...(values ?? [])].sort().join("\n");
}
