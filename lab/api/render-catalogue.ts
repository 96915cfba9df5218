/** The catalogue in the shapes of the real API. */
import {
  type Image,
  LOCATIONS,
  type Location,
  OTHER_PRICES,
  SERVER_TYPES,
  type ServerType,
  VAT_PERCENT,
} from "./catalogue.ts";
import type { Cloud } from "./cloud.ts";

const TB = 2 ** 40;

export function renderPrice(net: number) {
  return { net: net.toFixed(10), gross: (net * (1 + VAT_PERCENT / 100)).toFixed(16) };
}

export function renderLocation(location: Location) {
  const { networkZone, datacenter: _datacenter, ...rest } = location;
  return { ...rest, network_zone: networkZone };
}

export function renderDatacenter(cloud: Cloud, location: Location) {
  const supported = SERVER_TYPES.filter((type) => location.name in type.prices);
  const available = supported.filter((type) => !cloud.faults.isUnavailable(type.name, location.name));
  const ids = (types: ServerType[]): number[] => types.map((type) => type.id);
  return {
    id: location.datacenter.id,
    name: location.datacenter.name,
    description: `${location.city} virtual DC ${location.datacenter.name.replace(/^.*-dc/, "")}`,
    location: renderLocation(location),
    server_types: { supported: ids(supported), available: ids(available), available_for_migration: ids(available) },
  };
}

export function renderServerType(cloud: Cloud, type: ServerType) {
  const offered = LOCATIONS.filter((location) => location.name in type.prices);
  return {
    id: type.id,
    name: type.name,
    description: type.description,
    category: type.category,
    cores: type.cores,
    memory: type.memory,
    disk: type.disk,
    storage_type: "local",
    cpu_type: type.cpuType,
    architecture: type.architecture,
    deprecated: false,
    deprecation: null,
    prices: renderTypePrices(type),
    locations: offered.map((location) => ({
      id: location.id,
      name: location.name,
      available: !cloud.faults.isUnavailable(type.name, location.name),
      recommended: false,
      deprecation: null,
    })),
  };
}

export function renderTypePrices(type: ServerType) {
  return Object.entries(type.prices).map(([location, price]) => ({
    location,
    price_hourly: renderPrice(price.hourly),
    price_monthly: renderPrice(price.monthly),
    included_traffic: Math.round(price.trafficTb * TB),
    price_per_tb_traffic: renderPrice(OTHER_PRICES.trafficTb(location)),
  }));
}

export function renderImage(image: Image) {
  return {
    id: image.id,
    type: "system",
    status: "available",
    name: image.name,
    description: image.description,
    image_size: null,
    disk_size: 5,
    created: image.created,
    created_from: null,
    bound_to: null,
    os_flavor: image.osFlavor,
    os_version: image.osVersion,
    rapid_deploy: true,
    architecture: image.architecture,
    protection: { delete: false },
    deprecated: image.deprecated,
    deleted: null,
    labels: {},
  };
}

export function renderPricing() {
  const free = renderPrice(0);
  const address = {
    price_hourly: renderPrice(OTHER_PRICES.primaryIpv4.hourly),
    price_monthly: renderPrice(OTHER_PRICES.primaryIpv4.monthly),
  };
  const perLocation = (prices: object) => LOCATIONS.map((location) => ({ location: location.name, ...prices }));
  return {
    currency: "EUR",
    vat_rate: VAT_PERCENT.toFixed(6),
    image: { price_per_gb_month: renderPrice(OTHER_PRICES.imageGb) },
    floating_ip: { price_monthly: free },
    floating_ips: [],
    traffic: { price_per_tb: free },
    primary_ips: [
      { type: "ipv4", prices: perLocation(address) },
      { type: "ipv6", prices: perLocation({ price_hourly: free, price_monthly: free }) },
    ],
    server_backup: { percentage: OTHER_PRICES.backupPercent.toFixed(10) },
    server_types: SERVER_TYPES.map((type) => ({ id: type.id, name: type.name, prices: renderTypePrices(type) })),
    load_balancer_types: [],
    volume: { price_per_gb_month: renderPrice(OTHER_PRICES.volumeGb) },
  };
}
