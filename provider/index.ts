/** The provider's resources, as programs use them. */
export { File, type FileArgs } from "./file/resource.ts";
export type { HostConnection } from "./host.ts";
export { HostResource, type HostResourceArgs, Provider, type ProviderArgs } from "./resource.ts";
