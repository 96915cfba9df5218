/** What the provider remembers on the host about a project, in `.quayside/record.json`. */
export interface DeploymentRecord {
  /** Paths, relative to the project's folder, of everything that was written. */
  paths: string[];
  /** By service: Compose's hash of the settings that its containers were made with. */
  settings: Record<string, string>;
  /** By image as the compose file names it: the id that ran, as a tag may name another image later. */
  images: Record<string, string>;
  triggers: string[];
  /** There while a deployment is under way: what is still to be done. */
  pending?: PendingDeployment;
}

export interface PendingDeployment {
  /** Services whose containers have to be made anew although their settings are the same. */
  recreate: string[];
  /** Services that have to take up changed files. */
  reload: string[];
  /** What to do when it fails: restore what `.quayside/previous` holds, remove a first version, or leave a repair. */
  onFailure: "restore" | "remove" | "leave";
}

export function parseRecord(text: string): DeploymentRecord | undefined {
  try {
    const found = JSON.parse(text) as Partial<DeploymentRecord>;
    const { paths = [], settings = {}, images = {}, triggers = [], pending } = found;
    return { paths, settings, images, triggers, ...(pending && { pending }) };
  } catch {
    // A record that cannot be read says nothing: the project is taken over as if it had been made by hand.
    return undefined;
  }
}

export function formatRecord(record: DeploymentRecord): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}
