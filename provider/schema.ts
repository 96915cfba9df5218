import { z } from "zod";
import type { AssetValue } from "./engine/values.ts";
import type { HostConnection } from "./host.ts";

/** Pieces of input schemas that several resource types share; their messages say what is allowed. */

const address = z.string().min(1, "an address is needed: IPv4, IPv6 or a DNS name");

export const host: z.ZodType<HostConnection> = z.lazy(() =>
  z.strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9.-]*$/i, "a host's name has letters, digits, dots and hyphens"),
    address,
    port: z.int().min(1).max(65535).optional(),
    user: z
      .string()
      .regex(/^[a-z_][a-z0-9_-]*$/, "not a login name")
      .optional(),
    hostKey: z
      .string()
      .regex(
        /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp\d+) [A-Za-z0-9+/=]+/,
        "a public key as in known_hosts: ssh-ed25519 AAAA…",
      )
      .optional(),
    patience: z.number().positive().optional(),
    jump: host.optional(),
    machine: z.string().min(1).optional(),
    otherwise: host.optional(),
  }),
);

export const absolutePath = z
  .string()
  .regex(/^\/(?!.*\/\.\.?(\/|$))[^\0\n]*$/, "an absolute path is needed, without . and .. steps")
  .transform((path) => (path.length > 1 ? path.replace(/\/+$/, "") : path));

/** Octal file mode as four digits; `644` and `0644` are the same. */
export const mode = z
  .string()
  .regex(/^0?[0-7]{3,4}$/, 'an octal mode is needed, such as "0644"')
  .transform((text) => text.padStart(4, "0").slice(-4));

export const account = z.string().regex(/^[a-z_][a-z0-9_-]*\$?$|^\d+$/, "a user or group name, or a numeric id");

export const unit = z
  .string()
  .regex(
    /^[\w@.:\\-]+\.(service|timer|socket|path|target|mount|slice)$/,
    "a systemd unit name with its suffix, such as caddy.service",
  );

export const content = z.union([
  z.string(),
  z.strictObject({
    asset: z.strictObject({ path: z.string().optional(), text: z.string().optional(), hash: z.string().optional() }),
  }),
]) as unknown as z.ZodType<string | AssetValue>;
