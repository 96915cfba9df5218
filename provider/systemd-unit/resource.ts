import type * as pulumi from "@pulumi/pulumi";
import { HostResource, type HostResourceArgs } from "../resource.ts";

export interface SystemdUnitArgs extends HostResourceArgs {
  /** Name with its suffix: `caddy.service`, `backup.timer`; another name is another unit. */
  unit: pulumi.Input<string>;
  /** The unit file, written to /etc/systemd/system. @default the one that a package brings */
  content?: pulumi.Input<string>;
  /** Drop-in files in <unit>.d, exactly these, by name without `.conf`. @default not managed */
  dropIns?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Start at boot. Needs an `[Install]` section. @default true */
  enabled?: pulumi.Input<boolean>;
  /**
   * Run now, or not. A oneshot service without `RemainAfterExit=yes` never stays active: declare its timer as running,
   * and the service itself with `false`. @default true
   */
  running?: pulumi.Input<boolean>;
  /** Make it impossible to start: not at boot, not by hand, not by another unit. @default false */
  masked?: pulumi.Input<boolean>;
  /**
   * Anything whose change means that the running unit has to be restarted, such as the hash of its configuration. Only
   * a digest of it is kept on the host. @default []
   */
  restartOn?: pulumi.Input<pulumi.Input<string>[]>;
}

/** A systemd unit on a host: its files, whether it starts at boot, and whether it runs now. */
export class SystemdUnit extends HostResource {
  /** Name with its suffix. */
  declare readonly unit: pulumi.Output<string>;

  constructor(name: string, args: SystemdUnitArgs, opts?: pulumi.CustomResourceOptions) {
    super("SystemdUnit", name, args, [], opts);
  }
}
