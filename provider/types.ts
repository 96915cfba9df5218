import { fileType } from "./file/type.ts";
import { keyPairType } from "./key-pair/type.ts";
import { placementType } from "./placement/type.ts";
import type { AnyResourceType } from "./resource-type.ts";

/** Every resource type that the provider serves. */
export const resourceTypes: AnyResourceType[] = [fileType, keyPairType, placementType];
