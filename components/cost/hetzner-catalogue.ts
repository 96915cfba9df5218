/**
 * What Hetzner Cloud sells, pinned: `GET /server_types` and `GET /pricing` as published on 2026-09-29, net, in EUR, after
 * the price changes of April and June 2026. Gross adds German VAT. Update all of it together from one answer of the real
 * API, never one by one.
 */

export const CATALOGUE_DATE = "2026-09-29";
export const VAT_PERCENT = 19;

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
