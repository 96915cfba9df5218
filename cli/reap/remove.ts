import type { HetznerProject } from "./hetzner.ts";
import { KINDS, type Thing } from "./plan.ts";

/**
 * Deletes by labels alone, each kind after what uses it. What cannot be deleted keeps nothing else from being tried.
 *
 * @returns a sentence for each that is left
 */
export async function removeThings(
  project: Pick<HetznerProject, "remove">,
  things: readonly Thing[],
  say: (line: string) => void,
): Promise<string[]> {
  const faults: string[] = [];
  for (const kind of KINDS) {
    const members = things.filter((thing) => thing.kind.list === kind.list);
    await Promise.all(
      members.map(async (thing) => {
        try {
          await project.remove(thing);
          say(`deleted the ${kind.kind} ${thing.name}`);
        } catch (error) {
          faults.push((error as Error).message);
        }
      }),
    );
  }
  return faults;
}
