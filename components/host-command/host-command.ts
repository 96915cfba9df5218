import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { HostConnection } from "../../provider/index.ts";
import { type Credentials, findCredentials } from "../../provider/transport/credentials.ts";
import { INTERPRETER } from "../../provider/transport/shell.ts";
import { Component, type Fault, refuse, type Transform, transformed } from "../component.ts";
import { type Host, onHost } from "../server/host.ts";
import { renderStep } from "./step.ts";

export interface HostCommandArgs {
  /** The host it runs on. */
  host: Host;
  /** POSIX sh, run as root; ends at the first failing command. Another text is another step, which runs. */
  run: string;
  /**
   * POSIX sh that exits 0 when the step was done already; then it does not run. Needed where running twice does harm, as
   * a deployment that was killed runs it again.
   */
  unless?: string;
  /** Shell variables that both scripts see, for secrets and values known late. They are not exported. @default {} */
  variables?: Readonly<Record<string, pulumi.Input<string>>>;
  /** The step runs again when one of these changes. A variable that changes does not make it run again. @default [] */
  triggers?: readonly pulumi.Input<string>[];
  /** What has to be there first. @default [] */
  needs?: readonly { readonly resource: pulumi.Resource }[];
  /** Adjustments of the child. */
  transform?: { command?: Transform<command.remote.CommandArgs> };
}

/**
 * A step that is imperative by nature and runs once on a host: create an app's first owner, register a machine. For
 * anything that can be looked at and repaired, use the provider's `Script`.
 *
 * The hardened way to use Pulumi's package `command`: the host's key has to be pinned; nothing is logged; script and
 * variables go over standard input and are secret in state; what the script says stays on the host, in
 * `/var/log/quayside/<name>.log`. It belongs to its host: it runs again on another host, never because an address, a user
 * or a key changed.
 *
 * @example
 * ```ts
 * new HostCommand("n8n-owner", {
 *   host: core,
 *   needs: [n8n],
 *   variables: { password: secrets.n8n.ownerPassword },
 *   unless: "docker exec n8n test -e /home/node/.n8n/owner",
 *   run: `printf '%s' "$password" | docker exec -i n8n /usr/local/bin/create-owner`,
 * });
 * ```
 */
export class HostCommand extends Component {
  /** What the step printed; secret. */
  readonly output: pulumi.Output<string>;
  /** What others wait for. */
  readonly resource: command.remote.Command;

  constructor(name: string, args: HostCommandArgs, opts?: pulumi.ComponentResourceOptions) {
    super("host-command:HostCommand", name, opts);
    refuse("HostCommand", name, faultsOf(args));

    this.resource = this.#createCommand(args, findCredentials({}));
    this.output = pulumi.secret(this.resource.stdout);
    this.registerOutputs();
  }

  #createCommand(args: HostCommandArgs, credentials: Credentials): command.remote.Command {
    const { host, run, unless } = args;
    const variables = args.variables ?? {};
    const shown = Object.keys(variables).length === 0;
    const stdin = pulumi.all(variables).apply((plain) => {
      return renderStep({ name: this.name, run, unless, variables: plain as Record<string, string>, shown });
    });
    const before = [...(args.needs ?? []).map((needed) => needed.resource), host.facilities.docker];
    const keyless = credentials.privateKey === undefined && credentials.agent === undefined;
    return new command.remote.Command(
      ...transformed<command.remote.CommandArgs>(
        args.transform?.command,
        `${this.name}-command`,
        {
          connection: pulumi.secret(host.connection).apply((connection) => commandConnection(connection, credentials)),
          create: host.connection.apply(interpreter),
          // A change of anything but the triggers, such as of the connection, is noted and does nothing on the host.
          update: "true",
          stdin: pulumi.secret(stdin),
          triggers: [
            host.name,
            ...(isCustom(host.deletedWith) ? [host.deletedWith.id] : []),
            run,
            ...(args.triggers ?? []),
          ],
          logging: command.types.enums.remote.Logging.None,
          addPreviousOutputInEnv: false,
        },
        this.child(
          onHost(host, {
            dependsOn: before.filter((resource) => resource !== undefined),
            additionalSecretOutputs: ["stdout", "stderr"],
            // Whoever previews without a key sees no difference in the key.
            ...(keyless && { ignoreChanges: ["connection"] }),
          }),
        ),
      ),
    );
  }
}

/** How the package `command` reaches a host. It would accept any host key if none were given, so one has to be. */
export function commandConnection(
  connection: HostConnection,
  credentials: Credentials,
): pulumi.Unwrap<command.types.input.remote.ConnectionArgs> {
  const { name, address, port = 22, user = "root", hostKey, jump } = connection;
  if (hostKey === undefined) {
    throw new pulumi.RunError(
      `host "${name}" has no pinned host key, and a command is only sent to a host that proves who it is. ` +
        "Give its `hostKey` in the stack: `ssh-keyscan -t ed25519` prints it; compare it with what the host's console shows.",
    );
  }
  return {
    host: address,
    port,
    user,
    hostKey,
    dialErrorLimit: 10,
    perDialTimeout: 15,
    ...(credentials.privateKey !== undefined && { privateKey: credentials.privateKey }),
    ...(jump && { proxy: commandConnection(jump, credentials) }),
  };
}

function interpreter({ user = "root" }: HostConnection): string {
  return user === "root" ? INTERPRETER : `sudo -n -- ${INTERPRETER}`;
}

function isCustom(resource: pulumi.Resource | undefined): resource is pulumi.CustomResource {
  return resource !== undefined && pulumi.CustomResource.isInstance(resource);
}

function faultsOf(args: HostCommandArgs): Fault[] {
  const faults: Fault[] = [];
  for (const key of ["run", "unless"] as const) {
    if (args[key]?.trim() === "") faults.push({ path: key, reason: "is empty; a shell script is needed" });
  }
  for (const key of Object.keys(args.variables ?? {})) {
    const path = `variables.${key}`;
    if (!/^[a-zA-Z_]\w*$/.test(key)) {
      faults.push({ path, reason: "is not a shell variable's name; letters, digits and _ are allowed" });
    } else if (["PATH", "IFS", "HOME", "LC_ALL", "log", "code"].includes(key)) {
      faults.push({ path, reason: "is a name that the shell or this step uses itself; choose another one" });
    }
  }
  return faults;
}
