import { writeFile } from "../file/script.ts";
import { q } from "../transport/shell.ts";
import { parseAuthorizedKeys } from "./authorized-keys.ts";
import { accountOptions } from "./plan.ts";
import type { UserInputs, UserState } from "./type.ts";

const sudoersFile = (user: string) => `/etc/sudoers.d/quayside-${user}`;
const sudoersRule = (user: string) => `${user} ALL=(ALL:ALL) NOPASSWD: ALL`;

/** Prints the passwd entry, groups, state of the password, whether sudo is granted, then the authorised keys. */
export function observeUser(user: string): string {
  return [
    `entry=$(getent passwd ${q(user)}) || exit 0`,
    'echo "$entry"',
    `id -nG -- ${q(user)}; id -ng -- ${q(user)}`,
    `passwd -S ${q(user)}`,
    `if grep -qsxF ${q(sudoersRule(user))} ${q(sudoersFile(user))}; then echo passwordless; else echo none; fi`,
    'home=$(echo "$entry" | cut -d: -f6)',
    'cat -- "$home/.ssh/authorized_keys" 2>/dev/null || :',
  ].join("\n");
}

/** Reads what {@link observeUser} printed. */
export function parseUser(output: string, wanted: Pick<UserInputs, "password">): UserState | undefined {
  const [entry = "", groups = "", primary = "", password = "", sudo, ...keys] = output.split("\n");
  const [user, , uid, , , home, shell] = entry.split(":");
  if (!user || home === undefined) return undefined;
  const locked = password.split(" ")[1]?.startsWith("L");
  return {
    user,
    uid: Number(uid),
    home,
    shell: shell ?? "",
    groups: groups
      .split(" ")
      .filter((group) => group && group !== primary)
      .sort(),
    authorizedKeys: parseAuthorizedKeys(keys.join("\n")),
    sudo: sudo === "passwordless" ? "passwordless" : "none",
    password: wanted.password === "unmanaged" ? "unmanaged" : locked ? "locked" : "set",
  };
}

/** Brings a user from what was observed to what is wanted. */
export function changeUser(wanted: UserInputs, observed: UserState | undefined): string {
  const user = q(wanted.user);
  const options = accountOptions(wanted, observed).map(q).join(" ");
  const lines = ["set -eu"];
  if (!observed) {
    // A group of that name may be there already, from a package or an earlier user.
    lines.push(`if getent group ${user} >/dev/null; then own="--gid ${wanted.user}"; else own=--user-group; fi`);
    lines.push(`useradd $own ${options} -- ${user}`);
  } else if (options) {
    lines.push(`usermod ${options} -- ${user}`);
  }
  if (wanted.password === "locked" && observed?.password !== "locked") {
    // "*" and not "!": sshd without PAM takes "!" for a locked account, and lets no key in either.
    lines.push(`usermod --password '*' -- ${user}`);
  }
  if (wanted.authorizedKeys !== undefined) lines.push(...writeKeys(wanted.user, wanted.authorizedKeys));
  if (wanted.sudo === "passwordless") {
    lines.push('command -v visudo >/dev/null || { echo "sudo is not installed: add it to the packages" >&2; exit 1; }');
  }
  lines.push(
    wanted.sudo === "passwordless"
      ? `(\n${writeFile(sudoersFile(wanted.user), `${sudoersRule(wanted.user)}\n`, { mode: "0440", owner: "root", group: "root" }, "visudo -cqf {}")}\n)`
      : `rm -f -- ${q(sudoersFile(wanted.user))}`,
  );
  return lines.join("\n");
}

/** Keeps in `$saved` how the user is let in now: what {@link restoreUser} puts back. */
export function saveUser(name: string): string {
  const [user, sudoers] = [q(name), q(sudoersFile(name))];
  return [
    `getent shadow ${user} | cut -d: -f1,2 > "$saved/password"`,
    `if [ -f ${sudoers} ]; then cp -a -- ${sudoers} "$saved/sudoers"; fi`,
    homeOf(name),
    // As the user: a link of theirs must not have root read what they may not.
    `if ${asUser(name, 'cat -- "$1/.ssh/authorized_keys"')} 2>/dev/null > "$saved/some"; then mv "$saved/some" "$saved/keys"; fi`,
  ].join("\n");
}

/** Lets the user in as before a change. @param before as it was observed then */
export function restoreUser(before: UserState): string {
  const [user, sudoers] = [q(before.user), sudoersFile(before.user)];
  return [
    `if [ -f "$saved/sudoers" ]; then cp -a -- "$saved/sudoers" ${q(`${sudoers}.old`)} && mv -f -T -- ${q(`${sudoers}.old`)} ${q(sudoers)}`,
    `else rm -f -- ${q(sudoers)}; fi`,
    `usermod --shell ${q(before.shell)} --home ${q(before.home)} --groups ${q(before.groups.join(","))} -- ${user}`,
    'chpasswd -e < "$saved/password"',
    homeOf(before.user),
    `if [ -f "$saved/keys" ]; then ${asUser(before.user, PUT_KEYS)} < "$saved/keys"`,
    `else ${asUser(before.user, 'rm -f -- "$1/.ssh/authorized_keys"')}; fi`,
  ].join("\n");
}

function writeKeys(name: string, keys: readonly string[]): string[] {
  const user = q(name);
  const text = keys.map((key) => `${key}\n`).join("");
  return [
    homeOf(name),
    `[ -d "$home" ] || install -d -m 0750 -o ${user} -g "$group" -- "$home"`,
    `${asUser(name, PUT_KEYS)} <<'QUAYSIDE_KEYS'`,
    `${text}QUAYSIDE_KEYS`,
  ];
}

const PUT_KEYS = `
  umask 077; mkdir -p -- "$1/.ssh"; new=$(mktemp -- "$1/.ssh/authorized_keys.XXXXXX")
  cat > "$new"; mv -f -T -- "$new" "$1/.ssh/authorized_keys"`;

function homeOf(name: string): string {
  return `home=$(getent passwd ${q(name)} | cut -d: -f6); group=$(id -g -- ${q(name)})`;
}

/** The folder is the user's own, so nothing in it is followed or trusted: what is done there is done as that user. */
function asUser(name: string, script: string): string {
  return `setpriv --reuid=${q(name)} --regid="$group" --init-groups -- sh -euc '${script}' sh "$home"`;
}

export function removeUser(name: string, deleteHome: boolean): string {
  const user = q(name);
  return [
    "set -eu",
    `rm -f -- ${q(sudoersFile(name))}`,
    `if getent passwd ${user} >/dev/null; then`,
    // Ends what the user still runs, which userdel would refuse over.
    `  loginctl terminate-user ${user} 2>/dev/null || :`,
    `  pkill -KILL -u ${user} || :`,
    `  userdel ${deleteHome ? "--remove " : ""}-- ${user} 2>&1 | grep -v 'mail spool' >&2 || :`,
    `  if getent passwd ${user} >/dev/null; then echo "the user is still there" >&2; exit 1; fi`,
    "fi",
  ].join("\n");
}
