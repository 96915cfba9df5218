import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../command.ts";
import { docker, type Progress } from "../engine.ts";
import { localReference, type ServiceImage, serviceImages } from "../images/service-images.ts";
import { withLock } from "../lock.ts";
import { cacheRoot } from "../places.ts";
import { mirrorPath } from "./config.ts";
import { Publications } from "./published.ts";
import { registryAddress, servedDigest } from "./registry.ts";

/** An image that lab hosts can pull. */
export interface PublishedImage {
  /** Name and tag, for example `postgres:18.4`. */
  reference: string;
  /** Digest that a host sees when it pulls, `sha256:…`. */
  digest: string;
  /** Where its content comes from. */
  source: string;
}

const dockerHub = "Docker Hub";

/** Whether this machine reaches Docker Hub. Asked once: where it cannot, every image would wait for a time-out. */
async function reachesDockerHub(): Promise<boolean> {
  try {
    const response = await fetch("https://registry-1.docker.io/v2/", { signal: AbortSignal.timeout(3000) });
    return response.status === 401 || response.ok;
  } catch {
    return false;
  }
}

/** Our own images are in no public registry. */
function isOfficial(image: ServiceImage): boolean {
  return !image.reference.startsWith("quayside/");
}

async function copyOfficial(reference: string): Promise<void> {
  const from = `docker://docker.io/${mirrorPath(reference)}`;
  const to = `docker://${registryAddress}/${mirrorPath(reference)}`;
  await run("skopeo", ["copy", "--quiet", "--dest-tls-verify=false", from, to]);
}

async function push(image: ServiceImage): Promise<void> {
  const local = localReference(image.reference);
  const temporary = await mkdtemp(join(cacheRoot(), "lab", "push-"));
  try {
    const archive = join(temporary, "image.tar");
    await docker(["save", "--output", archive, local]);
    const to = `docker://${registryAddress}/${mirrorPath(image.reference)}`;
    await run("skopeo", ["copy", "--quiet", "--dest-tls-verify=false", `docker-archive:${archive}`, to]);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Makes sure that the registry serves the image; returns the digest. */
async function publish(
  image: ServiceImage,
  online: boolean,
  publications: Publications,
  progress: Progress,
): Promise<PublishedImage> {
  const { reference } = image;
  const path = mirrorPath(reference);
  const copied = online && isOfficial(image);
  const from = copied ? dockerHub : await image.build(progress);
  if (!publications.isCurrent(reference, from, await servedDigest(path))) {
    progress(copied ? `Copying ${reference} from ${dockerHub}` : `Publishing ${reference}`);
    await (copied ? copyOfficial(reference) : push(image));
  }
  const digest = await servedDigest(path);
  if (digest === undefined) throw new Error(`The lab's registry does not serve ${reference} after it was published.`);
  publications.record(reference, { from, digest });
  return { reference, digest, source: copied ? dockerHub : image.source };
}

/**
 * Makes sure that the lab's registry (which must run) serves every service image: official ones from Docker Hub where
 * that can be reached, else built on this machine. What is served already is left alone.
 */
export async function ensureServiceImages(progress: Progress = () => {}): Promise<PublishedImage[]> {
  const folder = join(cacheRoot(), "lab");
  return withLock(join(folder, "publish.lock"), async () => {
    const online = await reachesDockerHub();
    const publications = new Publications(join(folder, "published.json"));
    const waiting = await serviceImages();
    const done: PublishedImage[] = [];
    const work = async (): Promise<void> => {
      for (let image = waiting.shift(); image !== undefined; image = waiting.shift()) {
        done.push(await publish(image, online, publications, progress));
      }
    };
    await Promise.all([work(), work()]);
    return done.sort((a, b) => a.reference.localeCompare(b.reference));
  });
}

/**
 * Whether the lab's registry (which must run) serves images that nobody builds here, because that takes a quarter of an
 * hour: they are copied from Docker Hub where that can be reached.
 */
export async function offerOfficialImages(references: readonly string[]): Promise<boolean> {
  return withLock(join(cacheRoot(), "lab", "publish.lock"), async () => {
    for (const reference of references) {
      if ((await servedDigest(mirrorPath(reference))) !== undefined) continue;
      if (!(await reachesDockerHub())) return false;
      await copyOfficial(reference);
    }
    return true;
  });
}
