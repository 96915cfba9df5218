/** The provider's resources, as programs use them. */
export {
  type ComposeFileArgs,
  ComposeProject,
  type ComposeProjectArgs,
  type ComposeReloadArgs,
  type ComposeServiceState,
} from "./compose-project/resource.ts";
export { DockerNetwork, type DockerNetworkArgs } from "./docker-network/resource.ts";
export { File, type FileArgs } from "./file/resource.ts";
export type { HostConnection } from "./host.ts";
export { KeyPair, type KeyPairArgs } from "./key-pair/resource.ts";
export { Placement, type PlacementArgs } from "./placement/resource.ts";
export { HostResource, type HostResourceArgs, Provider, type ProviderArgs } from "./resource.ts";
