/** The components that stacks are written with. The provider's own resources are in `quayside/provider`. */
export { Component, DeclarationError, type Fault, type Transform } from "./component.ts";
export { type CloudflareZoneOptions, cloudflareZone } from "./dns/cloudflare.ts";
export { type HetznerZoneOptions, hetznerZone } from "./dns/hetzner.ts";
export type { Hoster, OpenZone, ZonePlace } from "./dns/hoster.ts";
export { ipLocation } from "./dns/ip-location.ts";
export { type OvhZoneOptions, ovhZone } from "./dns/ovh.ts";
export type { CertificateAuthority, MailServer, Records, RecordsArgs, ServiceLocation } from "./dns/records.ts";
export { CloudflareWorker, type CloudflareWorkerArgs } from "./dns/worker.ts";
export { DnsZone, type DnsZoneArgs, type RoutingProxy } from "./dns/zone.ts";
export { DockerEngine, type DockerEngineArgs } from "./docker/engine.ts";
export { DockerNetworks, type DockerNetworksArgs, type Network, type NetworkArgs } from "./docker/networks.ts";
export { GitHubAccount, type GitHubAccountArgs } from "./github/account.ts";
export { GitHubRepository } from "./github/repository.ts";
export type {
  BranchRules,
  DeployKeyArgs,
  EnvironmentArgs,
  GitHubRepositoryArgs,
  LabelArgs,
  RepositorySettings,
  WebhookArgs,
} from "./github/repository-args.ts";
export { Hardening, type HardeningArgs } from "./hardening/hardening.ts";
export { type Opening, type Openings, web } from "./hardening/openings.ts";
export { HostCommand, type HostCommandArgs } from "./host-command/host-command.ts";
export { Alloy, type AlloyArgs } from "./logs/alloy.ts";
export { Loki, type LokiArgs } from "./logs/loki.ts";
export { MeshMember, type MeshMemberArgs } from "./mesh/member.ts";
export { Mesh } from "./mesh/mesh.ts";
export type { MemberArgs, MeshArgs } from "./mesh/mesh-args.ts";
export { meshHubOpenings, meshMemberOpenings, meshSources } from "./mesh/openings.ts";
export { meshRecords } from "./mesh/records.ts";
export { type MeshReleases, officialReleases, type Release } from "./mesh/releases.ts";
export {
  allow,
  type Group,
  group,
  internet,
  network,
  type Ports,
  type RoutedNetwork,
  type Rule,
  type Tag,
  tag,
  tcp,
  udp,
} from "./mesh/rules.ts";
export { behindProxy, internalAuthority, type MeshTls } from "./mesh/tls.ts";
export {
  type AcmeOptions,
  type ChallengeZone,
  cloudflareDns,
  type DnsProvider,
  dns01,
  hetznerDns,
  http01,
  type Issuer,
  internalCa,
  ovhDns,
} from "./proxy/acme.ts";
export { Caddy, type CaddyArgs } from "./proxy/caddy.ts";
export type { CaddyProbeArgs } from "./proxy/probe.ts";
export {
  meshOnly,
  publicRoute,
  type RelayTarget,
  type Route,
  type RouteOptions,
  type RouteToken,
  relay,
  webhook,
} from "./proxy/route.ts";
export { ExistingServer, type ExistingServerArgs } from "./server/existing-server.ts";
export { HetznerCloud, type HetznerCloudArgs } from "./server/hetzner-cloud.ts";
export { HetznerServer, type HetznerServerArgs } from "./server/hetzner-server.ts";
export type { Architecture, Host, HostFacilities } from "./server/host.ts";
export type { OsRelease } from "./server/os-release.ts";
export type { SshWay } from "./server/ssh-way.ts";
export { ContainerService, type HttpEndpoint, type ServiceKind } from "./services/container-service.ts";
export { commandHealth, type HealthCheck, type HealthTiming, httpHealth, tcpHealth } from "./services/health.ts";
export { N8n, type N8nArgs } from "./services/n8n.ts";
export { type Database, type DatabaseArgs, Postgres, type PostgresArgs } from "./services/postgres.ts";
export { Redis, type RedisArgs, type RedisConnection } from "./services/redis.ts";
export { Service } from "./services/service.ts";
export type { ConfigFileArgs, Needed, PublishedPort, ServiceArgs, VolumeArgs } from "./services/service-args.ts";
export { Bucket, type BucketArgs, type BucketConnection } from "./storage/bucket.ts";
export {
  amazonS3,
  hetznerObjectStorage,
  type ObjectStore,
  ovhObjectStorage,
  r2,
  type StoreKeys,
} from "./storage/object-store.ts";
