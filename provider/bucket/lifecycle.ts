import type { LifecycleRule as ApiRule, LifecycleRuleFilter } from "@aws-sdk/client-s3";
import type { LifecycleRule } from "./model.ts";

/** Cloudflare gives it to every bucket; it stays unless a rule of that name is declared. */
const PRESENT_BY_ITSELF = ["Default Multipart Abort Rule"];

/** The rules as the API wants them: the declared ones, and what the endpoint gave the bucket by itself. */
export function rulesToApi(rules: Record<string, LifecycleRule>, present: readonly ApiRule[] = []): ApiRule[] {
  const kept = present.filter(({ ID = "" }) => PRESENT_BY_ITSELF.includes(ID) && !(ID in rules));
  return [...Object.entries(rules).map(([name, rule]) => ruleToApi(name, rule)), ...kept];
}

function ruleToApi(name: string, rule: LifecycleRule): ApiRule {
  const { expireDays, expireVersionsDays, keepVersions, expireDeleteMarkers, abortUploadsDays, transitions } = rule;
  const api: ApiRule = { ID: name, Status: rule.enabled ? "Enabled" : "Disabled", Filter: { Prefix: rule.prefix } };
  if (expireDays !== undefined) api.Expiration = { Days: expireDays };
  if (expireDeleteMarkers) api.Expiration = { ExpiredObjectDeleteMarker: true };
  if (expireVersionsDays !== undefined) {
    api.NoncurrentVersionExpiration = {
      NoncurrentDays: expireVersionsDays,
      ...(keepVersions !== undefined && { NewerNoncurrentVersions: keepVersions }),
    };
  }
  if (abortUploadsDays !== undefined) api.AbortIncompleteMultipartUpload = { DaysAfterInitiation: abortUploadsDays };
  if (transitions) {
    api.Transitions = transitions.map(({ days, storageClass }) => ({
      Days: days,
      StorageClass: storageClass as "GLACIER",
    }));
  }
  return api;
}

/** The observed rules in the words of a declaration; what these cannot say is kept as `more`, so that it shows as drift. */
export function rulesFromApi(rules: readonly ApiRule[]): Record<string, LifecycleRule> {
  return Object.fromEntries(rules.map((rule, index) => [rule.ID ?? `rule-${index + 1}`, ruleFromApi(rule)] as const));
}

/** Without what the endpoint gave the bucket by itself, unless it is declared. */
export function withoutGiven(
  observed: Record<string, LifecycleRule>,
  declared: Record<string, LifecycleRule>,
): Record<string, LifecycleRule> {
  return Object.fromEntries(
    Object.entries(observed).filter(([name]) => name in declared || !PRESENT_BY_ITSELF.includes(name)),
  );
}

function ruleFromApi(api: ApiRule): LifecycleRule {
  const { ID: _, Status, Filter, Prefix, Expiration, NoncurrentVersionExpiration, Transitions, ...others } = api;
  const { AbortIncompleteMultipartUpload, ...rest } = others;
  const { Days: expireDays, ExpiredObjectDeleteMarker, ...expiration } = Expiration ?? {};
  const { NoncurrentDays, NewerNoncurrentVersions, ...versions } = NoncurrentVersionExpiration ?? {};
  const { prefix, filter } = readFilter(Filter);
  const moves = Transitions ?? [];
  const dated = moves.filter(({ Days }) => Days === undefined);
  const more = said({
    ...rest,
    ...filter,
    ...expiration,
    ...versions,
    ...(dated.length > 0 && { Transitions: dated }),
  });
  return {
    prefix: prefix ?? Prefix ?? "",
    enabled: Status === "Enabled",
    ...(expireDays !== undefined && { expireDays }),
    ...(NoncurrentDays !== undefined && { expireVersionsDays: NoncurrentDays }),
    ...(NewerNoncurrentVersions !== undefined && { keepVersions: NewerNoncurrentVersions }),
    ...(ExpiredObjectDeleteMarker && { expireDeleteMarkers: true }),
    ...(AbortIncompleteMultipartUpload && { abortUploadsDays: AbortIncompleteMultipartUpload.DaysAfterInitiation }),
    ...(moves.length > dated.length && {
      transitions: moves
        .filter(({ Days }) => Days !== undefined)
        .map(({ Days, StorageClass }) => ({ days: Days ?? 0, storageClass: StorageClass ?? "" })),
    }),
    ...(more && { more }),
  } as LifecycleRule;
}

function readFilter(filter: LifecycleRuleFilter | undefined): { prefix?: string; filter: object } {
  const { Prefix, And, ...others } = filter ?? {};
  if (!And) return { ...(Prefix !== undefined && { prefix: Prefix }), filter: others };
  const { Prefix: inner, ...rest } = And;
  return { ...((inner ?? Prefix) !== undefined && { prefix: inner ?? Prefix }), filter: { ...others, ...rest } };
}

/** What is left over, as text; nothing when nothing is. */
function said(leftover: object): string | undefined {
  const entries = Object.entries(leftover).filter(
    ([, value]) => value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0),
  );
  return entries.length > 0 ? JSON.stringify(Object.fromEntries(entries)) : undefined;
}
