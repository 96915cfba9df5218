/** Devices of people in a stack's mesh: `quay mesh join prod alice` prints the line that lets one in. */
import { join } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import type { Session } from "../provider/transport/session.ts";
import { engineFolder, root } from "../toolchain/places.ts";
import { runChild } from "./child.ts";
import { UserError } from "./errors.ts";
import { type DeployedMesh, deployedMeshes, groupsOf } from "./mesh-state.ts";
import { stackEnvironment } from "./stack-environment.ts";
import { checkStack } from "./stack-preview.ts";

/** How long a hub that does not answer is waited for, in seconds. */
const PATIENCE = 5;

function userName(name: string): string {
  if (!/^[a-z][\w.+-]*(@[\w.-]+)?$/i.test(name)) {
    throw new InvalidArgumentError("A name such as alice, or an e-mail address, as the stack's groups have it.");
  }
  return name;
}

function duration(text: string): string {
  if (!/^[1-9]\d*[mhd]$/.test(text)) throw new InvalidArgumentError("Minutes, hours or days, such as 30m, 1h, 2d.");
  return text;
}

/** Adds `mesh` and its sub-commands to a program. */
export function registerMesh(program: Command): void {
  const mesh = program.command("mesh").description("people's devices in a stack's mesh");
  mesh
    .command("join")
    .description("print the command that lets one device of a person into the mesh; its key works once")
    .argument("<stack>", "prod, preprod, lab ...")
    .argument("<user>", "whose device it is, as the stack's groups name people", userName)
    .option("--expiration <time>", "how long the key can be used", duration, "1h")
    .action((stack: string, user: string, options: { expiration: string }) => printJoinLine(stack, user, options));
}

async function printJoinLine(stack: string, user: string, { expiration }: { expiration: string }): Promise<void> {
  checkStack(stack);
  const environment = await stackEnvironment(stack, { purpose: "change" });
  const { ConnectionPool } = await import("../provider/transport/pool.ts");
  const { Sessions } = await import("../provider/transport/session.ts");
  const pool = new ConnectionPool();
  try {
    const mesh = onlyMesh(stack, await exportState(stack, environment.env));
    refuseStranger(stack, mesh, user);
    const { QUAYSIDE_SSH_KEY_FILE: keyFile } = environment.env;
    if (keyFile) process.env["QUAYSIDE_SSH_KEY_FILE"] = keyFile;
    const display = { progress: () => {}, warn: (message: string) => process.stderr.write(`quay: ${message}\n`) };
    // A deployed hub has booted long ago, and somebody is watching.
    const hub = new Sessions(pool).open({ ...mesh.hub, patience: PATIENCE }, [], display);
    const line = await joinLine(hub, mesh, user, expiration);
    for (const note of notesFor(mesh, user, expiration)) process.stderr.write(`quay: ${note}\n`);
    process.stdout.write(`${line}\n`);
  } finally {
    await pool.close();
    environment.cleanup();
  }
}

async function exportState(stack: string, env: Record<string, string>): Promise<string> {
  const args = ["stack", "export", "--stack", stack];
  const result = await runChild(join(engineFolder(), "pulumi"), args, { cwd: root, env, output: "capture" });
  if (result.code !== 0) throw new UserError(`the state of ${stack} cannot be read: ${result.stderr.trim()}`);
  return result.stdout;
}

function onlyMesh(stack: string, exported: string): DeployedMesh {
  const [mesh, another] = deployedMeshes(exported);
  if (!mesh) throw new UserError(`stack ${stack} has no mesh.`, `Declare one (new Mesh(…)) and run: quay up ${stack}`);
  if (another)
    throw new UserError(`stack ${stack} has two meshes, ${mesh.name} and ${another.name}; one is supported.`);
  return mesh;
}

/** @throws UserError for a person that no group names, whose device would reach nothing */
export function refuseStranger(stack: string, mesh: DeployedMesh, user: string): void {
  if (groupsOf(mesh, user).length > 0) return;
  const people = [...new Set(Object.values(mesh.groups).flat())].sort();
  throw new UserError(
    `${user} is in no group of the mesh, so the device would reach nothing; ${people.length > 0 ? `people there are ${people.join(", ")}.` : "it has no people at all."}`,
    `Add ${user} to the mesh's \`groups\` and run: quay up ${stack}`,
  );
}

/** Makes the person known and a key for one device. @returns the command to run on the device */
export async function joinLine(hub: Session, mesh: DeployedMesh, user: string, expiration: string): Promise<string> {
  const { DOWN_HERE, isDown, LOOK_FOR_NODES } = await import("../provider/mesh-member/look.ts");
  const { joinKey } = await import("../provider/mesh-member/script.ts");
  if (isDown(await hub.run("look for Headscale", LOOK_FOR_NODES))) {
    throw hub.fail(DOWN_HERE);
  }
  const made = await hub.run(`make a key for a device of ${user}`, joinKey(user, expiration));
  const { key } = JSON.parse(made) as { key: string };
  return `tailscale up --login-server ${mesh.url} --auth-key ${key}`;
}

/** What a person should know besides the line. */
export function notesFor(mesh: DeployedMesh, user: string, expiration: string): string[] {
  const groups = groupsOf(mesh, user).map((name) => `group:${name}`);
  return [
    `for one device of ${user}, within ${expiration}; whoever has this line gets in as ${user}.`,
    `${user} may do what ${groups.join(" and ")} may.`,
    ...(mesh.authority ? ["the device has to trust the hub's own authority first:", mesh.authority.trim()] : []),
  ];
}
