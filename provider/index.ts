/** The provider's resources, as programs use them. */
export {
  Bucket,
  type BucketArgs,
  type BucketCorsRule,
  type BucketLifecycleRule,
  type BucketRetention,
} from "./bucket/resource.ts";
export {
  type ComposeFileArgs,
  ComposeProject,
  type ComposeProjectArgs,
  type ComposeReloadArgs,
  type ComposeServiceState,
} from "./compose-project/resource.ts";
export { Directory, type DirectoryArgs } from "./directory/resource.ts";
export { DockerNetwork, type DockerNetworkArgs } from "./docker-network/resource.ts";
export { Download, type DownloadArgs } from "./download/resource.ts";
export { File, type FileArgs } from "./file/resource.ts";
export { type FileEntry, Files, type FilesArgs } from "./files/resource.ts";
export { Firewall, type FirewallArgs, type FirewallRule } from "./firewall/resource.ts";
export type { HostConnection } from "./host.ts";
export { InternalCertificate, type InternalCertificateArgs } from "./internal-certificate/resource.ts";
export { KeyPair, type KeyPairArgs } from "./key-pair/resource.ts";
export { Lifetime, type LifetimeArgs, type MonthlyCost } from "./lifetime/resource.ts";
export { MeshMember, type MeshMemberArgs } from "./mesh-member/resource.ts";
export {
  MeshPolicy,
  type MeshPolicyArgs,
  type MeshPolicyDocument,
  type MeshPolicyTest,
} from "./mesh-policy/resource.ts";
export { type DnsRecordSetArgs, OvhDnsRecords, type OvhDnsRecordsArgs } from "./ovh-dns/resource.ts";
export { type AptSource, Packages, type PackagesArgs } from "./packages/resource.ts";
export { Placement, type PlacementArgs } from "./placement/resource.ts";
export { type Expectation, Probe, type ProbeArgs, type ProbedRoute } from "./probe/resource.ts";
export { HostResource, type HostResourceArgs, Provider, type ProviderArgs } from "./resource.ts";
export { Script, type ScriptArgs } from "./script/resource.ts";
export { SshDaemon, type SshDaemonArgs } from "./ssh-daemon/resource.ts";
export { SystemdUnit, type SystemdUnitArgs } from "./systemd-unit/resource.ts";
export { User, type UserArgs } from "./user/resource.ts";
