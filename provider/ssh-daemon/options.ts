import { z } from "zod";
import { isToCome } from "../host.ts";
import type { HostInputs } from "../resource-type.ts";
import { host } from "../schema.ts";

export interface SshDaemonOptions {
  ports: number[];
  listenAddresses?: string[];
  permitRootLogin: "yes" | "no" | "prohibit-password" | "forced-commands-only";
  passwordAuthentication: boolean;
  keyboardInteractiveAuthentication: boolean;
  allowUsers?: string[];
  allowGroups?: string[];
  maxAuthTries: number;
  maxSessions: number;
  maxStartups: string;
  loginGraceTime: number;
  clientAliveInterval: number;
  clientAliveCountMax: number;
  x11Forwarding: boolean;
  allowTcpForwarding: boolean;
  allowAgentForwarding: boolean;
  extra: Record<string, string>;
}

export interface SshDaemonInputs extends HostInputs, SshDaemonOptions {
  /** The file that the options make; whatever else is in it is a difference. */
  config: string;
}

/** sshd's own keyword for each option, in the order of the file. */
export const KEYWORDS = {
  ports: "Port",
  listenAddresses: "ListenAddress",
  permitRootLogin: "PermitRootLogin",
  passwordAuthentication: "PasswordAuthentication",
  keyboardInteractiveAuthentication: "KbdInteractiveAuthentication",
  allowUsers: "AllowUsers",
  allowGroups: "AllowGroups",
  maxAuthTries: "MaxAuthTries",
  maxSessions: "MaxSessions",
  maxStartups: "MaxStartups",
  loginGraceTime: "LoginGraceTime",
  clientAliveInterval: "ClientAliveInterval",
  clientAliveCountMax: "ClientAliveCountMax",
  x11Forwarding: "X11Forwarding",
  allowTcpForwarding: "AllowTcpForwarding",
  allowAgentForwarding: "AllowAgentForwarding",
} as const satisfies Record<Exclude<keyof SshDaemonOptions, "extra">, string>;

/** Every line with one of these counts, wherever it is; of all others the first one counts. */
export const CUMULATIVE = ["Port", "ListenAddress", "AllowUsers", "AllowGroups", "DenyUsers", "DenyGroups"];

/** Lines that would start a section or read other files: the file has to stay one plain list. */
const STRUCTURAL = new Set(["match", "include"]);

const count = (least: number, what: string) => z.int().min(least, what);
const name = z.string().regex(/^[^\s#"]+$/, "a name or pattern without spaces");

export const sshDaemonSchema = z
  .strictObject({
    host,
    ports: z.array(z.int().min(1).max(65535)).min(1, "at least one port is needed").default([22]),
    listenAddresses: z
      .array(z.union([z.ipv4(), z.ipv6()], "an IPv4 or IPv6 address is needed"))
      .min(1)
      .optional(),
    permitRootLogin: z
      .enum(
        ["yes", "no", "prohibit-password", "forced-commands-only"],
        "one of yes, no, prohibit-password, forced-commands-only",
      )
      .default("prohibit-password"),
    passwordAuthentication: z.boolean().default(false),
    keyboardInteractiveAuthentication: z.boolean().default(false),
    allowUsers: z.array(name).min(1, "leave it out to let everybody in").optional(),
    allowGroups: z.array(name).min(1, "leave it out to let everybody in").optional(),
    maxAuthTries: count(2, "at least 2: an SSH agent offers several keys").default(4),
    maxSessions: count(10, "at least 10: a deployment uses up to 8 at a time").default(10),
    maxStartups: z
      .string()
      .regex(/^\d+:\d+:\d+$/, 'start:rate:full is needed, such as "10:30:100"')
      .default("10:30:100"),
    loginGraceTime: count(5, "at least 5 seconds").default(30),
    clientAliveInterval: count(0, "seconds, 0 for never").default(60),
    clientAliveCountMax: count(0, "a number").default(3),
    x11Forwarding: z.boolean().default(false),
    allowTcpForwarding: z.boolean().default(true),
    allowAgentForwarding: z.boolean().default(false),
    extra: z
      .record(z.string(), z.string())
      .superRefine((extra, context) => {
        for (const [keyword, value] of Object.entries(extra)) {
          const message = faultOf(keyword, value);
          if (message) context.addIssue({ code: "custom", path: [keyword], message });
        }
      })
      .default({}),
  })
  .superRefine((inputs, context) => {
    const fault = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
    if (isToCome(inputs.host)) return;
    const port = inputs.host.port ?? 22;
    const user = inputs.host.user ?? "root";
    if (!inputs.ports.includes(port)) {
      fault(
        "ports",
        `this deployment comes in on port ${port}, which has to stay; to move, declare both ports first, ` +
          "then change host.port, then drop the old port",
      );
    }
    if (user === "root" && inputs.permitRootLogin === "no") {
      fault("permitRootLogin", "this deployment logs in as root: deploy as another user first (host.user)");
    }
    if (inputs.allowUsers?.every((allowed) => /^[\w.-]+$/.test(allowed) && allowed !== user)) {
      fault("allowUsers", `this deployment logs in as ${user}, who is not among them`);
    }
  })
  .transform((inputs) => ({ ...inputs, config: renderConfig(inputs) })) as unknown as z.ZodType<SshDaemonInputs>;

function faultOf(keyword: string, value: string): string | undefined {
  if (!/^[A-Za-z][A-Za-z0-9]*$/.test(keyword)) return "a keyword of sshd_config(5) is needed";
  if (STRUCTURAL.has(keyword.toLowerCase())) return "Match and Include are not possible here: use a File";
  const option = optionOf(keyword);
  if (option) return `this keyword has an option of its own: ${option}`;
  return /^[^\n\0#]+$/.test(value) ? undefined : "one line without # is needed";
}

function optionOf(keyword: string): string | undefined {
  return Object.entries(KEYWORDS).find(([, own]) => own.toLowerCase() === keyword.toLowerCase())?.[0];
}

/** The file, a keyword a line; lists are several lines, as sshd adds them up. */
export function renderConfig(options: SshDaemonOptions): string {
  const lines = (Object.keys(KEYWORDS) as (keyof typeof KEYWORDS)[]).flatMap((option) =>
    valuesOf(options[option]).map((value) => `${KEYWORDS[option]} ${value}`),
  );
  const extra = Object.entries(options.extra)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([keyword, value]) => `${keyword} ${value}`);
  return `# Kept by Quayside: changes by hand are taken back.\n${[...lines, ...extra].join("\n")}\n`;
}

function valuesOf(value: SshDaemonOptions[keyof typeof KEYWORDS]): string[] {
  if (value === undefined) return [];
  if (typeof value === "boolean") return [value ? "yes" : "no"];
  return Array.isArray(value) ? value.map(String) : [String(value)];
}

/** The keywords that a rendered file sets. */
export function keywordsOf(options: SshDaemonOptions): string[] {
  const own = (Object.keys(KEYWORDS) as (keyof typeof KEYWORDS)[])
    .filter((option) => options[option] !== undefined)
    .map((option) => KEYWORDS[option]);
  return [...own, ...Object.keys(options.extra)];
}
