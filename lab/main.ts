/** The lab as a whole: a cloud on one machine, started, stopped and removed with everything that belongs to it. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { apiFiles, labName } from "./api/files.ts";

import { type ApiAccess, runningApi, startApi, stopApi } from "./api/process.ts";
import type { ServerRecord, State } from "./api/state.ts";
import { releaseSubnet } from "./api/subnet-claim.ts";
import { engineAnswers, ensureEngine, type Progress } from "./engine.ts";
import { createDriver } from "./hosts/docker-driver.ts";
import { ensureHostImage } from "./hosts/host-image.ts";
import { ensurePublicNetwork, publicGateway } from "./hosts/public-network.ts";
import { removeEverything } from "./hosts/reset.ts";
import { withLock } from "./lock.ts";
import { offeredMesh, offerMesh, withdrawMesh } from "./mesh/offer.ts";
import { ensureMeshReleases } from "./mesh/releases.ts";
import { labRoot } from "./places.ts";
import { ensureServiceImages } from "./registry/publish.ts";
import { registryAddress, registryMirror, startRegistry, stopRegistry } from "./registry/registry.ts";
import { type S3Server, s3KeysFile, s3Status, startS3, stopS3 } from "./s3/versitygw.ts";
import type { LabHost, LabStatus } from "./status.ts";

/** What can be changed about {@link startLab}. */
export interface StartOptions {
  /**
   * Whether the registry and its service images are made ready too.
   *
   * @default true
   */
  registry?: boolean;
  /**
   * Whether the `lab` stack gets a hub and a mesh, from then on; Headscale and Tailscale are built when they are asked for
   * first, in some minutes.
   *
   * @default whether the lab has had one before
   */
  mesh?: boolean;
  /**
   * Whether there is an S3 server, too; its program is built when it is asked for first, in some 45 s.
   *
   * @default whether the lab has had one before
   */
  s3?: boolean;
}

/**
 * Starts the lab: Docker engine, server image, registry with its images, and the cloud API, which then starts the hosts
 * that ran before. What runs already is left alone.
 *
 * @throws Error naming the part that did not come up, with the end of its log.
 */
export async function startLab(progress: Progress = () => {}, options: StartOptions = {}): Promise<LabStatus> {
  const name = labName();
  await locked(async () => {
    await ensureEngine(progress);
    await ensurePublicNetwork(name);
    const images = async (): Promise<void> => {
      if (options.registry === false) return;
      progress("Starting the image registry");
      await startRegistry(name);
      await ensureServiceImages(progress);
    };
    await Promise.all([ensureHostImage(progress), images()]);
    if (options.mesh ?? offeredMesh()) offerMesh(await ensureMeshReleases(progress));
    progress("Starting the cloud API");
    await startApi(apiFiles(labRoot()));
    if (options.s3 ?? existsSync(s3KeysFile(s3Folder()))) {
      progress("Starting the S3 server");
      // Where the hosts reach it, too.
      await startS3(s3Folder(), publicGateway);
    }
  });
  return labStatus();
}

/** Stops the API, the registry, the S3 server and all hosts, and keeps everything for the next start. */
export async function stopLab(progress: Progress = () => {}): Promise<void> {
  await locked(async () => {
    progress("Stopping the cloud API");
    await stopApi(apiFiles(labRoot()));
    await stopRegistry(labName());
    await stopS3(s3Folder());
    if (!(await engineAnswers())) return;
    const driver = createDriver(labName());
    const servers = Object.values(readState()?.servers ?? {});
    if (servers.length > 0) progress(`Stopping ${servers.length} host${servers.length > 1 ? "s" : ""}`);
    await Promise.all(
      servers.map(async (server) => {
        if ((await driver.status(server.id)) === "running") await driver.stop(server.id, true);
      }),
    );
  });
}

/** Removes the lab: its hosts, networks, volumes, buckets and state. Built images stay in the cache for the next one. */
export async function resetLab(progress: Progress = () => {}): Promise<void> {
  await locked(async () => {
    const files = apiFiles(labRoot());
    await stopApi(files);
    await stopRegistry(labName());
    await stopS3(s3Folder());
    rmSync(s3Folder(), { recursive: true, force: true });
    if (await engineAnswers()) {
      progress("Removing hosts, networks and volumes");
      await removeEverything(labName());
    }
    rmSync(files.folder, { recursive: true, force: true });
    withdrawMesh();
    for (const key of [files.deployKey, `${files.deployKey}.pub`]) rmSync(key, { force: true });
    releaseSubnet(labRoot());
  });
}

/** Looks at the lab without changing it; works with the lab stopped and without Docker. */
export async function labStatus(): Promise<LabStatus> {
  const files = apiFiles(labRoot());
  const api = (await runningApi(files)) ?? null;
  const keyFile = files.deployKey;
  const hosts = api ? await hostsFromApi(api, keyFile) : hostsFromState(readState(), keyFile);
  const registry = { address: registryAddress, running: await registryAnswers() };
  return { name: labName(), folder: labRoot(), running: api !== null, api, registry, s3: await s3State(), hosts };
}

/** Buckets of a lab outlive its stops, not its reset. */
function s3Folder(): string {
  return join(labRoot(), "s3");
}

async function s3State(): Promise<LabStatus["s3"]> {
  const keysFile = s3KeysFile(s3Folder());
  if (!existsSync(keysFile)) return null;
  const { endpoint } = JSON.parse(readFileSync(keysFile, "utf8")) as S3Server;
  return { endpoint, keysFile, running: (await s3Status(s3Folder())) !== undefined };
}

async function locked<T>(work: () => Promise<T>): Promise<T> {
  return withLock(join(labRoot(), "lab.lock"), work);
}

async function registryAnswers(): Promise<boolean> {
  try {
    return (await fetch(`${registryMirror}/v2/`, { signal: AbortSignal.timeout(1000) })).ok;
  } catch {
    return false;
  }
}

function readState(): State | null {
  const { state } = apiFiles(labRoot());
  return existsSync(state) ? (JSON.parse(readFileSync(state, "utf8")) as State) : null;
}

function hostsFromState(state: State | null, keyFile: string): LabHost[] {
  const address = (server: ServerRecord): string | null =>
    state?.primaryIps[server.ipv4 ?? 0]?.ip ?? server.privateNets[0]?.ip ?? null;
  return Object.values(state?.servers ?? {}).map((server) => ({
    name: server.name,
    address: address(server),
    user: "root",
    keyFile,
    state: "stopped",
    labels: server.labels,
  }));
}

/** The part of an API server that the status tells. */
interface ListedServer {
  name: string;
  status: string;
  labels: Record<string, string>;
  public_net: { ipv4: { ip: string } | null };
  private_net: { ip: string }[];
}

async function hostsFromApi(api: ApiAccess, keyFile: string): Promise<LabHost[]> {
  const hosts: LabHost[] = [];
  for (let page: number | null = 1; page !== null; ) {
    const response = await fetch(`${api.endpoint}/servers?per_page=50&page=${page}`, {
      headers: { Authorization: `Bearer ${api.token}` },
    });
    if (!response.ok) throw new Error(`The lab's cloud API answers ${response.status} to a list of its servers`);
    const body = (await response.json()) as {
      servers: ListedServer[];
      meta: { pagination: { next_page: number | null } };
    };
    for (const server of body.servers) {
      hosts.push({
        name: server.name,
        address: server.public_net.ipv4?.ip ?? server.private_net[0]?.ip ?? null,
        user: "root",
        keyFile,
        state: server.status,
        labels: server.labels,
      });
    }
    page = body.meta.pagination.next_page;
  }
  return hosts;
}
