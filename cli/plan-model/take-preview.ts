import { UserError } from "../errors.ts";
import { pulumi } from "../pulumi.ts";
import { type Preview, readPreview } from "./preview.ts";

/** What the engine is to print for {@link readPreview}. */
export const PREVIEW_ARGS = ["--json", "--show-sames", "--non-interactive"] as const;

/**
 * Previews a stack. A preview that fails is returned as far as it came, with its errors among the problems.
 *
 * @param args - Passed on to Pulumi, for example `--config quayside:hello=1.1.0`.
 * @throws UserError when the engine said nothing that can be read.
 */
export async function takePreview(stack: string, args: readonly string[] = []): Promise<Preview> {
  return parsePreview(stack, await previewJson(stack, args));
}

/** The engine's own words: secrets are masked in them. @throws UserError as {@link takePreview} */
export async function previewJson(stack: string, args: readonly string[] = []): Promise<string> {
  const run = await pulumi(["preview"], stack, [...PREVIEW_ARGS, ...args], { purpose: "preview", output: "capture" });
  if (run.stdout.trim() === "") throw new UserError(`the preview of ${stack} failed: ${run.stderr.trim()}`);
  return run.stdout;
}

/** @throws UserError when it is not the output of `pulumi preview --json`. */
export function parsePreview(name: string, json: string): Preview {
  try {
    return readPreview(json);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UserError(
      `the preview of ${name} cannot be read: ${error.message}`,
      "It is what `pulumi preview --json --show-sames` prints.",
    );
  }
}

/** The errors of a preview that is of no use when it failed. @throws UserError with all of them */
export function refuseFailed(stack: string, { problems }: Preview): void {
  const errors = problems.filter(({ severity }) => severity === "error");
  if (errors.length === 0) return;
  throw new UserError(`the preview of ${stack} failed:\n${errors.map(({ message }) => message).join("\n")}`);
}
