import { bucketType } from "./bucket/type.ts";
import { composeProjectType } from "./compose-project/type.ts";
import { directoryType } from "./directory/type.ts";
import { dockerNetworkType } from "./docker-network/type.ts";
import { downloadType } from "./download/type.ts";
import { fileType } from "./file/type.ts";
import { filesType } from "./files/type.ts";
import { firewallType } from "./firewall/type.ts";
import { internalCertificateType } from "./internal-certificate/type.ts";
import { keyPairType } from "./key-pair/type.ts";
import { lifetimeType } from "./lifetime/type.ts";
import { meshMemberType } from "./mesh-member/type.ts";
import { meshPolicyType } from "./mesh-policy/type.ts";
import { ovhDnsType } from "./ovh-dns/type.ts";
import { packagesType } from "./packages/type.ts";
import { placementType } from "./placement/type.ts";
import { probeType } from "./probe/type.ts";
import type { AnyResourceType } from "./resource-type.ts";
import { scriptType } from "./script/type.ts";
import { sshDaemonType } from "./ssh-daemon/type.ts";
import { systemdUnitType } from "./systemd-unit/type.ts";
import { userType } from "./user/type.ts";

/** Every resource type that the provider serves. */
export const resourceTypes: AnyResourceType[] = [
  bucketType,
  composeProjectType,
  directoryType,
  dockerNetworkType,
  downloadType,
  fileType,
  filesType,
  firewallType,
  internalCertificateType,
  keyPairType,
  lifetimeType,
  meshMemberType,
  meshPolicyType,
  ovhDnsType(),
  packagesType,
  placementType,
  probeType,
  scriptType,
  sshDaemonType,
  systemdUnitType,
  userType,
];
