/** Which operating system a host runs. */
export interface OsRelease {
  /** The distribution. */
  distribution: "debian" | "ubuntu";
  /** Code name of the release, such as `noble` or `trixie`. */
  codename: string;
}

/** What is taken where nobody says. */
export const DEFAULT_RELEASE: OsRelease = { distribution: "ubuntu", codename: "noble" };

/** Hetzner's images by name. Source: `GET /v1/images?type=system` */
const IMAGES: Readonly<Record<string, OsRelease>> = {
  "debian-12": { distribution: "debian", codename: "bookworm" },
  "debian-13": { distribution: "debian", codename: "trixie" },
  "ubuntu-22.04": { distribution: "ubuntu", codename: "jammy" },
  "ubuntu-24.04": { distribution: "ubuntu", codename: "noble" },
};

/** The image of a server at Hetzner that says nothing else. */
export const DEFAULT_IMAGE = "ubuntu-24.04";

/** What a server has that was made from an image at Hetzner; undefined for a snapshot, or an image that is newer than this. */
export function releaseOf(image: string = DEFAULT_IMAGE): OsRelease | undefined {
  return IMAGES[image];
}
