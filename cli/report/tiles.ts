/** The five answers that a reader wants first. Pure. */
import { cents } from "../../components/cost/money.ts";
import type { Certificate } from "./certificates.ts";
import { found, type ReportFacts } from "./facts.ts";

export type Tone = "good" | "caution" | "bad" | "";

export interface Tile {
  label: string;
  value: string;
  note: string;
  tone: Tone;
}

export function tilesOf(facts: ReportFacts): Tile[] {
  return [exposureTile(facts), costTile(facts), driftTile(facts), certificateTile(facts), backupTile(facts)];
}

const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

function exposureTile({ exposure }: ReportFacts): Tile {
  const open = exposure.filter(({ access }) => access === "public");
  const routes = open.filter(({ kind }) => kind === "route").length;
  const kept = exposure.length - open.length;
  const note = `${plural(open.length - routes, "port")}, ${plural(routes, "route")}; ${kept} more for some`;
  return { label: "Open to everybody", value: String(open.length), note, tone: "" };
}

function costTile({ cost: { before, after }, deployed }: ReportFacts): Tile {
  const note = !deployed ? "once it is deployed" : before === after ? "no change waiting" : `${cents(before)} € now`;
  return { label: "Cost a month", value: `${cents(after)} €`, note, tone: "" };
}

function driftTile({ drift }: ReportFacts): Tile {
  const label = "Drift";
  if ("unknown" in drift) return { label, value: "unknown", note: shortened(drift.unknown), tone: "caution" };
  const { drifted, problems, looked } = drift.found;
  const total = Object.values(looked).reduce((sum, count) => sum + count, 0);
  const failed = problems.some(({ severity }) => severity === "error");
  if (drifted.length > 0) return { label, value: String(drifted.length), note: "not as deployed", tone: "bad" };
  if (failed) return { label, value: "unsure", note: "not everything answered", tone: "caution" };
  return { label, value: "none", note: `${plural(total, "thing")} looked at`, tone: "good" };
}

const DAY = 86_400_000;

/** What is left of a certificate's time, in milliseconds. */
export function timeLeft({ until }: Shown, at: string): number {
  return Date.parse(until) - Date.parse(at);
}

type Shown = NonNullable<Certificate["shown"]>;

/** By the share of its time: a third is left when it is renewed, be it of three months or of half a day. */
export function certificateTone(shown: Shown, at: string): Tone {
  const share = timeLeft(shown, at) / (Date.parse(shown.until) - Date.parse(shown.from));
  return share < 0.1 ? "bad" : share < 0.25 ? "caution" : "good";
}

/** `58 days`, `11 hours`, `expired` */
export function leftInWords(shown: Shown, at: string): string {
  const left = timeLeft(shown, at);
  return left < 0 ? "expired" : ageOf(left);
}

function certificateTile({ certificates, at }: ReportFacts): Tile {
  const label = "Next certificate ends";
  if ("unknown" in certificates) {
    return { label, value: "unknown", note: shortened(certificates.unknown), tone: "caution" };
  }
  const seen = certificates.found.flatMap(({ shown }) => shown ?? []);
  const unseen = certificates.found.length - seen.length;
  const [next] = seen.toSorted((a, b) => timeLeft(a, at) - timeLeft(b, at));
  if (!next) {
    return unseen === 0
      ? { label, value: "none", note: "no routes", tone: "" }
      : { label, value: "unknown", note: `${unseen} could not be seen`, tone: "caution" };
  }
  const tones = [...seen.map((shown) => certificateTone(shown, at)), unseen > 0 ? "caution" : "good"];
  const tone = (["bad", "caution", "good"] as const).find((candidate) => tones.includes(candidate)) ?? "";
  const note = unseen > 0 ? `${unseen} more could not be seen` : `of ${plural(seen.length, "certificate")}`;
  return { label, value: leftInWords(next, at), note, tone };
}

function backupTile({ backups, withoutBackup, at }: ReportFacts): Tile {
  const label = "Oldest backup";
  const all = found(backups);
  if (!all) return { label, value: "unknown", note: "could not be looked at", tone: "caution" };
  const rest = withoutBackup.length > 0 ? `${plural(withoutBackup.length, "host")} without one` : "every host has one";
  if (all.length === 0) return { label, value: "none", note: "no backup is declared", tone: "bad" };
  const ages = all.flatMap(({ newest }) => (newest === undefined ? [] : [Date.parse(at) - Date.parse(newest)]));
  if (ages.length < all.length) return { label, value: "unknown", note: rest, tone: "caution" };
  const oldest = Math.max(...ages);
  return {
    label,
    value: ageOf(oldest),
    note: rest,
    tone: oldest > 2 * DAY ? "bad" : withoutBackup.length > 0 ? "caution" : "good",
  };
}

/** `5 hours`, `3 days` */
export function ageOf(ms: number): string {
  const hours = Math.max(0, Math.floor(ms / 3_600_000));
  if (hours < 1) return "under 1 hour";
  return hours < 48 ? plural(hours, "hour") : plural(Math.floor(hours / 24), "day");
}

/** The first sentence, as far as it fits. */
export function shortened(text: string): string {
  const [first = ""] = text.split(/[.;:]\s|\n/);
  return first.length > 70 ? `${first.slice(0, 69)}…` : first;
}
