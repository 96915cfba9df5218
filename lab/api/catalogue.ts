/** What the emulated cloud sells: the pinned catalogue that costs are computed from, in these places, with these images. */
export {
  CATALOGUE_DATE,
  OTHER_PRICES,
  type Price,
  SERVER_TYPES,
  type ServerType,
  VAT_PERCENT,
} from "../../components/cost/hetzner-catalogue.ts";

export interface Location {
  id: number;
  name: string;
  description: string;
  country: string;
  city: string;
  latitude: number;
  longitude: number;
  networkZone: string;
  /** The API's phased-out datacenter of this location; older clients still read it. */
  datacenter: { id: number; name: string };
}

function location(
  id: number,
  name: string,
  description: string,
  country: string,
  city: string,
  [latitude, longitude]: [number, number],
  networkZone: string,
  datacenter: [number, string],
): Location {
  const dc = { id: datacenter[0], name: datacenter[1] };
  return { id, name, description, country, city, latitude, longitude, networkZone, datacenter: dc };
}

export const LOCATIONS: readonly Location[] = [
  location(1, "fsn1", "Falkenstein DC Park 1", "DE", "Falkenstein", [50.47612, 12.370071], "eu-central", [
    4,
    "fsn1-dc14",
  ]),
  location(2, "nbg1", "Nuremberg DC Park 1", "DE", "Nuremberg", [49.452102, 11.076665], "eu-central", [2, "nbg1-dc3"]),
  location(3, "hel1", "Helsinki DC Park 1", "FI", "Helsinki", [60.169855, 24.938379], "eu-central", [3, "hel1-dc2"]),
  location(4, "ash", "Ashburn, VA", "US", "Ashburn, VA", [39.045821, -77.487073], "us-east", [5, "ash-dc1"]),
  location(5, "hil", "Hillsboro, OR", "US", "Hillsboro, OR", [45.54222, -122.951924], "us-west", [6, "hil-dc1"]),
  location(6, "sin", "Singapore", "SG", "Singapore", [1.283333, 103.833333], "ap-southeast", [7, "sin-dc1"]),
];

export interface Image {
  id: number;
  name: string;
  description: string;
  osFlavor: string;
  osVersion: string;
  architecture: "x86" | "arm";
  created: string;
  /** Set when new servers should no longer use it. */
  deprecated: string | null;
}

type Release = [id: number, armId: number, flavor: string, version: string, title: string, created: string];

const RELEASES: Release[] = [
  [67794396, 103908130, "ubuntu", "22.04", "Ubuntu 22.04", "2022-04-21T13:32:38+00:00"],
  [161547269, 161547270, "ubuntu", "24.04", "Ubuntu 24.04", "2024-04-25T13:26:27+00:00"],
  [45557056, 103907373, "debian", "11", "Debian 11", "2021-08-16T11:12:01+00:00"],
  [114690387, 114690389, "debian", "12", "Debian 12", "2023-06-13T06:00:02+00:00"],
  [310557660, 310557662, "debian", "13", "Debian 13", "2025-08-11T05:58:57+00:00"],
  [356557430, 356557432, "alma", "10", "AlmaLinux 10", "2025-06-03T05:56:00+00:00"],
  [268512452, 268512454, "fedora", "43", "Fedora 43", "2025-10-29T06:00:00+00:00"],
];

export const IMAGES: readonly Image[] = RELEASES.flatMap(([id, armId, osFlavor, osVersion, description, created]) => {
  const deprecated = osFlavor === "debian" && osVersion === "11" ? "2026-07-01T00:00:00+00:00" : null;
  const image = { name: `${osFlavor}-${osVersion}`, description, osFlavor, osVersion, created, deprecated };
  return [
    { id, architecture: "x86" as const, ...image },
    { id: armId, architecture: "arm" as const, ...image },
  ];
});
