/**
 * What the emulated cloud sells. Prices are pinned: Hetzner Cloud's `GET /server_types` and `GET /pricing` as published
 * on 2026-09-29, net, in EUR, after the price changes of April and June 2026. Gross adds German VAT. Update all of them
 * together from one answer of the real API, never one by one.
 */

export const CATALOGUE_DATE = "2026-09-29";
export const VAT_PERCENT = 19;

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

/** Net EUR: an hour, at most so much a month, and the traffic (TB) that is included. */
export interface Price {
  hourly: number;
  monthly: number;
  trafficTb: number;
}

export interface ServerType {
  id: number;
  name: string;
  description: string;
  category: "cost_optimized" | "regular_purpose" | "general_purpose";
  cores: number;
  /** GB. */
  memory: number;
  /** GB. */
  disk: number;
  cpuType: "shared" | "dedicated";
  architecture: "x86" | "arm";
  /** By location name: where it can be ordered, and for how much. */
  prices: Readonly<Record<string, Price>>;
}

type Size = [cores: number, memory: number, disk: number];
type Cost = [hourly: number, monthly: number, trafficTb: number];

const price = ([hourly, monthly, trafficTb]: Cost): Price => ({ hourly, monthly, trafficTb });

function everywhere(locations: string[], cost: Cost | undefined): Record<string, Price> {
  return cost ? Object.fromEntries(locations.map((name) => [name, price(cost)])) : {};
}

const EU = ["fsn1", "nbg1", "hel1"];
const US = ["ash", "hil"];

function serverType(
  family: Pick<ServerType, "category" | "cpuType" | "architecture">,
  id: number,
  name: string,
  [cores, memory, disk]: Size,
  cost: { eu?: Cost; us?: Cost; sin?: Cost },
): ServerType {
  const prices = { ...everywhere(EU, cost.eu), ...everywhere(US, cost.us), ...everywhere(["sin"], cost.sin) };
  const description = name.toUpperCase().replace(/^([A-Z]+)(\d+)$/, "$1 $2");
  return { id, name, description, cores, memory, disk, prices, ...family };
}

const cx = { category: "cost_optimized", cpuType: "shared", architecture: "x86" } as const;
const cax = { category: "cost_optimized", cpuType: "shared", architecture: "arm" } as const;
const cpx = { category: "regular_purpose", cpuType: "shared", architecture: "x86" } as const;
const ccx = { category: "general_purpose", cpuType: "dedicated", architecture: "x86" } as const;

export const SERVER_TYPES: readonly ServerType[] = [
  serverType(cpx, 22, "cpx11", [2, 2, 40], { us: [0.028, 17.49, 1] }),
  serverType(cpx, 23, "cpx21", [3, 4, 80], { us: [0.0513, 31.99, 2] }),
  serverType(cpx, 24, "cpx31", [4, 8, 160], { us: [0.1001, 62.49, 3] }),
  serverType(cpx, 25, "cpx41", [8, 16, 240], { us: [0.1931, 120.49, 4] }),
  serverType(cpx, 26, "cpx51", [16, 32, 360], { us: [0.3814, 237.99, 5] }),
  serverType(cax, 45, "cax11", [2, 4, 40], { eu: [0.0096, 5.99, 20] }),
  serverType(cax, 93, "cax21", [4, 8, 80], { eu: [0.0168, 10.49, 20] }),
  serverType(cax, 94, "cax31", [8, 16, 160], { eu: [0.0336, 20.99, 20] }),
  serverType(cax, 95, "cax41", [16, 32, 320], { eu: [0.0657, 40.99, 20] }),
  serverType(ccx, 96, "ccx13", [2, 8, 80], {
    eu: [0.0689, 42.99, 20],
    us: [0.0697, 43.49, 1],
    sin: [0.0865, 53.99, 1],
  }),
  serverType(ccx, 97, "ccx23", [4, 16, 160], {
    eu: [0.1378, 85.99, 20],
    us: [0.1402, 87.49, 2],
    sin: [0.1739, 108.49, 2],
  }),
  serverType(ccx, 98, "ccx33", [8, 32, 240], {
    eu: [0.2219, 138.49, 30],
    us: [0.2259, 140.99, 3],
    sin: [0.2796, 174.49, 3],
  }),
  serverType(ccx, 99, "ccx43", [16, 64, 360], {
    eu: [0.4423, 275.99, 40],
    us: [0.4479, 279.49, 4],
    sin: [0.5465, 340.99, 4],
  }),
  serverType(ccx, 100, "ccx53", [32, 128, 600], {
    eu: [0.855, 533.49, 50],
    us: [0.863, 538.49, 6],
    sin: [1.0449, 651.99, 6],
  }),
  serverType(ccx, 101, "ccx63", [48, 192, 960], {
    eu: [1.3678, 853.49, 60],
    us: [1.3782, 859.99, 8],
    sin: [1.661, 1036.49, 8],
  }),
  serverType(cpx, 108, "cpx12", [1, 2, 40], { eu: [0.0184, 11.49, 20], sin: [0.0248, 15.49, 0.5] }),
  serverType(cpx, 109, "cpx22", [2, 4, 80], { eu: [0.0312, 19.49, 20], sin: [0.0425, 26.49, 1] }),
  serverType(cpx, 110, "cpx32", [4, 8, 160], { eu: [0.0569, 35.49, 20], sin: [0.0785, 48.99, 2] }),
  serverType(cpx, 111, "cpx42", [8, 16, 320], { eu: [0.1114, 69.49, 20], sin: [0.1498, 93.49, 3] }),
  serverType(cpx, 112, "cpx52", [12, 24, 480], { eu: [0.161, 100.49, 20], sin: [0.2155, 134.49, 4] }),
  serverType(cpx, 113, "cpx62", [16, 32, 640], { eu: [0.2083, 129.99, 20], sin: [0.2756, 171.99, 5] }),
  serverType(cx, 114, "cx23", [2, 4, 40], { eu: [0.0088, 5.49, 20] }),
  serverType(cx, 115, "cx33", [4, 8, 80], { eu: [0.0136, 8.49, 20] }),
  serverType(cx, 116, "cx43", [8, 16, 160], { eu: [0.0256, 15.99, 20] }),
  serverType(cx, 117, "cx53", [16, 32, 320], { eu: [0.0473, 29.49, 20] }),
];

/** Net EUR a month: an IPv4 address, a GB of volume, a GB of snapshot; backups in percent of the server's price. */
export const OTHER_PRICES = {
  primaryIpv4: { hourly: 0.0008, monthly: 0.5 },
  volumeGb: 0.0572,
  imageGb: 0.0143,
  backupPercent: 20,
  trafficTb: (locationName: string): number => (locationName === "sin" ? 7.4 : 1),
};

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
