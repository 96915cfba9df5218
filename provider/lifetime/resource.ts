import * as pulumi from "@pulumi/pulumi";

/** What something may cost. */
export interface MonthlyCost {
  /** What it is called: `core: cx33 in fsn1`. */
  what: string;
  /** Net EUR a month. */
  monthly: number;
}

export interface LifetimeArgs {
  /** How long, from the first `up` on: `90m`, `8h`, `3d`. A longer one prolongs it; an `up` after it is over begins anew. */
  lifetime: pulumi.Input<string>;
  /** Net EUR a month that `costs` may add up to; a preview of more fails. @default any */
  priceCeiling?: pulumi.Input<number>;
  /** What is paid for. @default nothing */
  costs?: pulumi.Input<pulumi.Input<MonthlyCost>[]>;
}

/**
 * For how long a stack is there. It destroys nothing by itself: `expires` goes to the labels of what the stack makes, by
 * which `quay reap` finds what has had its time.
 */
export class Lifetime extends pulumi.CustomResource {
  /** When it is over, as a label can hold it: `2026-11-21T13.45.10Z`. */
  declare readonly expires: pulumi.Output<string>;

  constructor(name: string, args: LifetimeArgs, opts?: pulumi.CustomResourceOptions) {
    super("quayside:hetzner:Lifetime", name, { created: undefined, expires: undefined, ...args }, opts);
  }
}
