import { z } from "zod";
import type { HostInputs, ResourceType } from "../resource-type.ts";
import { absolutePath, host } from "../schema.ts";
import { guarded, settle } from "../transport/guard.ts";
import { authorizedKey } from "./authorized-keys.ts";
import { changesUser, isLogin } from "./plan.ts";
import { changeUser, observeUser, parseUser, removeUser, restoreUser, saveUser } from "./script.ts";

export interface UserInputs extends HostInputs {
  user: string;
  uid?: number;
  home?: string;
  shell: string;
  groups?: string[];
  system?: boolean;
  authorizedKeys?: string[];
  sudo: "none" | "passwordless";
  password: "locked" | "unmanaged";
  deleteHome?: boolean;
}

export interface UserState {
  user: string;
  uid: number;
  home: string;
  shell: string;
  groups: string[];
  authorizedKeys: string[];
  sudo: "none" | "passwordless";
  password: "locked" | "unmanaged" | "set";
}

const login = z
  .string()
  .regex(/^[a-z_][a-z0-9_-]{0,31}$/, "a login name is needed: lower-case letters, digits, - and _");

export const userType: ResourceType<UserInputs, UserState> = {
  token: "quayside:host:User",
  schema: z
    .strictObject({
      host,
      user: login,
      uid: z.int().min(0).max(4294967293).optional(),
      home: absolutePath.optional(),
      shell: absolutePath.optional(),
      groups: z
        .array(login)
        .transform((groups) => [...new Set(groups)].sort())
        .optional(),
      system: z.boolean().optional(),
      authorizedKeys: z.array(authorizedKey).optional(),
      sudo: z.enum(["none", "passwordless"]).default("none"),
      password: z.enum(["locked", "unmanaged"]).default("locked"),
      deleteHome: z.boolean().optional(),
    })
    .transform((inputs) => ({
      ...inputs,
      shell: inputs.shell ?? (inputs.system ? "/usr/sbin/nologin" : "/bin/bash"),
    })),
  identity: ["user"],
  settings: ["system", "deleteHome"],
  idOf: (inputs) => `user/${inputs.user}`,

  async observe(session, inputs) {
    return parseUser(await session.read(`look up the user ${inputs.user}`, observeUser(inputs.user)), inputs);
  },

  async apply(session, inputs, seen) {
    const reverted = await settle(session, guardOf(inputs));
    const observed = reverted ? await userType.observe(session, inputs, undefined) : seen;
    if (observed && !changesUser(inputs, observed)) return observed;
    const { user } = inputs;
    if (observed && isLogin(session.host, user)) {
      await guarded(session, {
        name: guardOf(inputs),
        what: `what is declared of the user ${user}, who this deployment logs in as (keys, sudo, groups, shell),`,
        save: saveUser(user),
        change: changeUser(inputs, observed),
        revert: restoreUser(observed),
        remedy: remedy(user),
      });
    } else {
      await session.run(`set up the user ${user}`, changeUser(inputs, observed));
    }
    const state = await userType.observe(session, inputs, undefined);
    if (!state) throw session.fail(`the user ${inputs.user} was made but is not there any more.`);
    return state;
  },

  async remove(session, inputs) {
    if (inputs.user === "root") {
      throw session.fail("root is never deleted: take it out of the state instead (`pulumi state delete`).");
    }
    if (isLogin(session.host, inputs.user)) {
      throw session.fail(
        `${inputs.user} is not deleted, as this deployment logs in as that user. Let it log in as another one first ` +
          "(host.user) and run `up`, then take this one away; or keep it, and take it out of the state (`pulumi state delete`).",
      );
    }
    await settle(session, guardOf(inputs));
    await session.run(`delete the user ${inputs.user}`, removeUser(inputs.user, inputs.deleteHome === true));
  },
};

function guardOf({ user }: UserInputs): string {
  return `user-${user}`;
}

function remedy(user: string): string {
  const sudo = user === "root" ? "" : ', and `sudo: "passwordless"` where nothing else on the host gives it that';
  return `Declare the key that this deployment uses among authorizedKeys${sudo}; then run again.`;
}
