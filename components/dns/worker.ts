// One module each: the package's index loads all of its hundreds.
import { WorkersRoute } from "@pulumi/cloudflare/workersRoute.js";
import { WorkersScript, type WorkersScriptArgs } from "@pulumi/cloudflare/workersScript.js";
import * as pulumi from "@pulumi/pulumi";
import { Component, type Fault, refuse, type Transform, transformed } from "../component.ts";
import type { DnsZone } from "./zone.ts";

export interface CloudflareWorkerArgs {
  /** The zone, at Cloudflare, that its hostname is in. */
  zone: DnsZone;
  /** Hostname that it answers, such as `location.example.org`; nothing else may be published under it. */
  hostname: string;
  /** Text of an ES module whose default export has `fetch`. */
  script: string;
  /** Day whose version of Cloudflare's runtime it is run by, `2026-01-01`. */
  compatibilityDate: string;
  /** Which paths of the hostname. @default "/*" */
  path?: string;
  /** Adjusts the script beyond what is offered here. */
  transform?: Transform<WorkersScriptArgs>;
}

/**
 * A Cloudflare Worker that answers a hostname of a zone. The name is published with an address that leads nowhere, as
 * Cloudflare stands before it.
 *
 * @example
 * ```ts
 * new CloudflareWorker("location", {
 *   zone,
 *   hostname: "location.example.org",
 *   script: ipLocation,
 *   compatibilityDate: "2026-01-01",
 * });
 * ```
 */
export class CloudflareWorker extends Component {
  /** `https://location.example.org` */
  readonly url: string;

  constructor(name: string, args: CloudflareWorkerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("dns:CloudflareWorker", name, opts);
    const { cloudflare } = args.zone.place;
    refuse("CloudflareWorker", name, faultsOf(args));
    if (!cloudflare) throw new Error("refused before");
    const { zone, hostname, path = "/*" } = args;
    const { accountId, zoneId, options } = cloudflare;
    zone.add(name, { [hostname]: { AAAA: "100::", proxied: true } });
    const script = new WorkersScript(
      ...transformed<WorkersScriptArgs>(
        args.transform,
        `${name}-script`,
        {
          accountId,
          scriptName: `${pulumi.getStack()}-${name}`,
          content: args.script,
          mainModule: "worker.js",
          compatibilityDate: args.compatibilityDate,
        },
        this.child(options),
      ),
    );
    const route = { zoneId, pattern: `${hostname}${path}`, script: script.scriptName };
    new WorkersRoute(`${name}-route`, route, this.child(options));
    this.url = `https://${hostname}`;
    this.registerOutputs({});
  }
}

function faultsOf({ zone, hostname, path, compatibilityDate, script }: CloudflareWorkerArgs): Fault[] {
  const faults: Fault[] = [];
  if (!zone.place.cloudflare) {
    faults.push({ path: "zone", reason: `is ${zone.domain}, which is not at Cloudflare; Workers run there only` });
  }
  if (hostname !== zone.domain && !hostname.endsWith(`.${zone.domain}`)) {
    faults.push({ path: "hostname", reason: `is ${JSON.stringify(hostname)}; a name in ${zone.domain} is needed` });
  }
  if (path !== undefined && !/^\/[\w\-.~%/]*\*?$/.test(path)) {
    faults.push({ path: "path", reason: `is ${JSON.stringify(path)}; a path such as /* or /locate is needed` });
  }
  if (!/^\d{4}-\d{2}-\d{2}$/.test(compatibilityDate)) {
    faults.push({
      path: "compatibilityDate",
      reason: `is ${JSON.stringify(compatibilityDate)}; a day such as 2026-01-01 is needed`,
    });
  }
  if (!/\bexport\s+default\b/.test(script)) {
    faults.push({ path: "script", reason: "exports nothing as default; an ES module with `fetch` is needed" });
  }
  return faults;
}
