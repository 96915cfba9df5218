/** Whether the place of a stack's state can be used, and whether its cloud takes its token. */
import { accessSync, constants, existsSync } from "node:fs";
import { dirname } from "node:path";
import { stackFile, withoutSecrets } from "../backend.ts";
import { remoteStackExists } from "../remote-stack.ts";
import type { StackEnvironment } from "../stack-environment.ts";
import { type Finding, inArea } from "./finding.ts";

/**
 * @param folder - The backend, where it is a folder.
 * @param engine - Whether there is an engine, which alone can ask others.
 */
export async function backendFindings(
  stack: string,
  folder: string | undefined,
  env: Record<string, string>,
  engine: boolean,
): Promise<Finding[]> {
  const { ok, warning, problem } = inArea("backend");
  const upFirst = `./quay up ${stack} makes it.`;
  if (folder !== undefined) {
    if (!isWritable(folder))
      return [problem("folder", `${folder} cannot be written to`, `chown it, or set PULUMI_BACKEND_URL.`)];
    return existsSync(stackFile(folder, stack))
      ? [ok("state", stackFile(folder, stack))]
      : [warning("state", `none of ${stack} in ${folder}`, upFirst)];
  }
  const url = withoutSecrets(process.env["PULUMI_BACKEND_URL"] ?? "");
  if (!engine) return [warning("state", `${url}: not looked at without the engine`, "./quay setup")];
  try {
    return (await remoteStackExists(stack, env))
      ? [ok("state", `${stack} in ${url}`)]
      : [warning("state", `${url} answers, and has no stack ${stack}`, upFirst)];
  } catch (error) {
    const remedy =
      "Is PULUMI_BACKEND_URL right, and are the credentials for it in the environment (AWS_ACCESS_KEY_ID …)?";
    return [problem("state", `${url}: ${(error as Error).message}`, remedy)];
  }
}

/** The nearest folder that is there. */
function isWritable(folder: string): boolean {
  let place = folder;
  while (!existsSync(place)) place = dirname(place);
  try {
    accessSync(place, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Asks Hetzner for nothing but whether it knows us. */
export async function cloudFindings(
  stack: string,
  access: StackEnvironment["hetzner"],
  request: typeof fetch = fetch,
): Promise<Finding[]> {
  const { ok, warning, problem } = inArea("cloud");
  if (!access) {
    return stack === "lab"
      ? [warning("lab", "does not run", "./quay lab start")]
      : [
          warning(
            "Hetzner",
            "no token is at hand, so nothing there can be changed",
            `hcloud.token in secrets/${stack}.sops.yaml, and its key`,
          ),
        ];
  }
  const headers = { Authorization: `Bearer ${access.token}` };
  const options = { headers, signal: AbortSignal.timeout(10_000) };
  const answer = await request(`${access.endpoint}/servers?per_page=1`, options).catch((error: Error) => error);
  if (answer instanceof Error) {
    return [
      problem(
        "Hetzner",
        `${access.endpoint} does not answer: ${reasonOf(answer)}`,
        "Is there a way to the internet from here?",
      ),
    ];
  }
  if (answer.ok) return [ok("Hetzner", `${access.endpoint} takes the token`)];
  const remedy =
    answer.status === 401
      ? "Make a new token (console.hetzner.com > project > Security > API tokens), then ./quay secrets set … hcloud.token"
      : "Try again later; https://status.hetzner.com says more.";
  return [problem("Hetzner", `${access.endpoint} answers ${answer.status}`, remedy)];
}

function reasonOf(error: Error): string {
  const { cause } = error as { cause?: { code?: string } };
  return cause?.code ?? error.message;
}
