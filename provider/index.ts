/** The provider's resources, as programs use them. */
export { File, type FileArgs } from "./file/resource.ts";
export type { HostConnection } from "./host.ts";
export { KeyPair, type KeyPairArgs } from "./key-pair/resource.ts";
export { Placement, type PlacementArgs } from "./placement/resource.ts";
export { HostResource, type HostResourceArgs, Provider, type ProviderArgs } from "./resource.ts";
