import * as pulumi from "@pulumi/pulumi";

/** What each child of a component can be adjusted by: properties to set, or a function that changes them in place. */
export type Transform<Args> = Partial<Args> | ((args: Args, opts: pulumi.CustomResourceOptions, name: string) => void);

/** A reusable part of a platform. Its children are named `<name>-<suffix>` and belong to it. */
export abstract class Component extends pulumi.ComponentResource {
  /** Name given by the stack; the prefix of every child's name. */
  readonly name: string;

  /** @param type `server:HetznerServer`, under the package's own name */
  protected constructor(type: string, name: string, opts?: pulumi.ComponentResourceOptions) {
    super(`quayside:${type}`, name, {}, opts);
    this.name = name;
    if (!/^[a-z][a-z0-9-]*$/.test(name)) {
      throw new DeclarationError(type, name, [
        { path: "name", reason: `is ${JSON.stringify(name)}; lower-case letters, digits and hyphens are allowed` },
      ]);
    }
  }

  /** Options of a child: parented, with whatever this child needs on top. */
  protected child(opts: pulumi.CustomResourceOptions = {}): pulumi.CustomResourceOptions {
    return { parent: this, ...opts };
  }
}

/** The arguments and options of a child after the stack's own adjustment. */
export function transformed<Args extends object>(
  transform: Transform<Args> | undefined,
  name: string,
  args: Args,
  opts: pulumi.CustomResourceOptions,
): [string, Args, pulumi.CustomResourceOptions] {
  if (typeof transform === "function") {
    const adjusted = { args: { ...args }, opts: { ...opts } };
    transform(adjusted.args, adjusted.opts, name);
    return [name, adjusted.args, adjusted.opts];
  }
  return [name, { ...args, ...transform }, opts];
}

/** One thing that is wrong with a declaration. */
export interface Fault {
  /** Property path, such as `routes[2].hostname`. */
  path: string;
  /** What is wrong with it, and what is allowed. Never a secret's value. */
  reason: string;
}

/** A declaration that cannot be right, found before anything was touched; lists every fault of the component at once. */
export class DeclarationError extends pulumi.RunError {
  readonly faults: readonly Fault[];

  constructor(type: string, name: string, faults: readonly Fault[]) {
    super(`${type} "${name}":\n${faults.map((fault) => `  ${fault.path} ${fault.reason}`).join("\n")}`);
    this.faults = faults;
  }
}

/** Throws what was found, if anything was. */
export function refuse(type: string, name: string, faults: readonly Fault[]): void {
  if (faults.length > 0) throw new DeclarationError(type, name, faults);
}
