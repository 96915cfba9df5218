import type { HostConnection } from "../host.ts";
import type { UserInputs, UserState } from "./type.ts";

/** Whether anything that is declared differs from what is there. */
export function changesUser(wanted: UserInputs, observed: UserState): boolean {
  return (
    accountOptions(wanted, observed).length > 0 ||
    (wanted.password === "locked" && observed.password !== "locked") ||
    wanted.sudo !== observed.sudo ||
    (wanted.authorizedKeys !== undefined && !sameList(wanted.authorizedKeys, observed.authorizedKeys))
  );
}

/** Whether this is whom a deployment logs in as on the host, by any way. */
export function isLogin(host: HostConnection, user: string): boolean {
  return (host.user ?? "root") === user || (host.otherwise !== undefined && isLogin(host.otherwise, user));
}

/** Options for `usermod`, or for `useradd` when there is no such user yet. */
export function accountOptions(wanted: UserInputs, observed: UserState | undefined): string[] {
  const options: string[] = [];
  if (wanted.uid !== undefined && wanted.uid !== observed?.uid) options.push("--uid", String(wanted.uid));
  if (wanted.home !== undefined && wanted.home !== observed?.home) {
    options.push(observed ? "--home" : "--home-dir", wanted.home);
  }
  if (wanted.shell !== observed?.shell) options.push("--shell", wanted.shell);
  if (wanted.groups !== undefined && !sameList(wanted.groups, observed?.groups ?? [])) {
    options.push("--groups", wanted.groups.join(","));
  }
  if (!observed) options.push(...(wanted.system ? ["--system", "--no-create-home"] : ["--create-home"]));
  return options;
}

function sameList(first: readonly string[], second: readonly string[]): boolean {
  return first.length === second.length && first.every((item, index) => item === second[index]);
}
