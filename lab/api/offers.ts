/** Looking things up in the catalogue, by id or by name as clients please. */
import { IMAGES, type Image, LOCATIONS, type Location, SERVER_TYPES, type ServerType } from "./catalogue.ts";
import { invalidField } from "./errors.ts";

const matches = (item: { id: number; name: string }, idOrName: string | number): boolean =>
  String(item.id) === String(idOrName) || item.name === idOrName;

/** @throws ApiError `invalid_input` for the field that names it. */
export function findServerType(idOrName: string | number): ServerType {
  const found = SERVER_TYPES.find((type) => matches(type, idOrName));
  if (!found) throw invalidField("server_type", `server type ${idOrName} not found, or no longer offered`);
  return found;
}

/** @throws ApiError `invalid_input` for the field that names it. */
export function findLocation(idOrName: string | number): Location {
  const found = LOCATIONS.find((location) => matches(location, idOrName));
  if (!found) throw invalidField("location", `location ${idOrName} not found`);
  return found;
}

/** Clients written before datacenters were phased out name one (`fsn1-dc14`) instead of a location. */
export function findLocationOfDatacenter(idOrName: string | number): Location {
  const found = LOCATIONS.find((location) => matches(location.datacenter, idOrName));
  if (!found) throw invalidField("datacenter", `datacenter ${idOrName} not found`);
  return found;
}

/**
 * @param architecture picks among images of one name; without it an id is expected.
 * @throws ApiError `invalid_input` for the field that names it.
 */
export function findImage(idOrName: string | number, architecture?: "x86" | "arm"): Image {
  const found = IMAGES.filter((image) => matches(image, idOrName)).find(
    (image) => !architecture || image.architecture === architecture,
  );
  if (!found) throw invalidField("image", `image ${idOrName} not found${architecture ? ` for ${architecture}` : ""}`);
  return found;
}
