/** Whether this machine can run Quayside. */
import { existsSync, readFileSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { arch, freemem, totalmem } from "node:os";
import { dirname } from "node:path";
import { cacheRoot } from "../../toolchain/places.ts";
import { type Finding, inArea } from "./finding.ts";

const { ok, warning, problem } = inArea("machine");
const GB = 2 ** 30;
const gb = (bytes: number): string => `${(bytes / GB).toFixed(1)} GB`;

export async function machineFindings(): Promise<Finding[]> {
  const system = existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "";
  const cache = cacheRoot();
  let place = cache;
  while (!existsSync(place)) place = dirname(place);
  const { bavail, bsize } = await statfs(place);
  return [
    judgeSystem(system, arch()),
    judgeDisk(cache, bavail * bsize),
    judgeMemory(totalmem(), Math.max(freemem(), available())),
    ...(await docker()),
  ];
}

/** Memory that programs can still have: what the kernel keeps of files counts as free. */
function available(): number {
  const text = existsSync("/proc/meminfo") ? readFileSync("/proc/meminfo", "utf8") : "";
  return Number(/^MemAvailable:\s+(\d+)/m.exec(text)?.[1] ?? 0) * 1024;
}

/** @param system - Content of /etc/os-release. */
export function judgeSystem(system: string, processor: string): Finding {
  const field = (name: string): string => new RegExp(`^${name}="?([^"\n]*)`, "m").exec(system)?.[1] ?? "";
  const name = `${field("PRETTY_NAME") || "unknown"}, ${processor}`;
  const remedy = "Use Debian 12 or newer, or Ubuntu 24.04 or newer, on x86_64 or arm64.";
  const known = /\b(debian|ubuntu)\b/.test(`${field("ID")} ${field("ID_LIKE")}`);
  return known && ["x64", "arm64"].includes(processor) ? ok("system", name) : problem("system", name, remedy);
}

export function judgeDisk(cache: string, free: number): Finding {
  const detail = `${gb(free)} free for ${cache}`;
  if (free < GB) return problem("disk", detail, "Make room; engine and plugins take 3 GB, the lab 5 GB more.");
  return free < 6 * GB ? warning("disk", detail, "Setting up anew, or the lab, needs 6 to 8 GB.") : ok("disk", detail);
}

export function judgeMemory(total: number, free: number): Finding {
  const detail = `${gb(free)} of ${gb(total)} available`;
  return free < GB
    ? warning("memory", detail, "A preview takes about 1 GB; close something or add swap.")
    : ok("memory", detail);
}

async function docker(): Promise<Finding[]> {
  const { engineAnswers } = await import("../../lab/engine.ts");
  const { missingPackages } = await import("../../lab/prerequisites.ts");
  const answers = await engineAnswers();
  const missing = await missingPackages(answers);
  return [
    answers
      ? ok("Docker", "answers")
      : warning("Docker", "does not answer; only the lab and its tests need it here", "./quay lab start"),
    missing.length === 0
      ? ok("lab packages", "all there")
      : warning("lab packages", `missing: ${missing.join(" ")}; only the lab needs them`, "./quay setup --lab"),
  ];
}
