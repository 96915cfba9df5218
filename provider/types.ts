import { composeProjectType } from "./compose-project/type.ts";
import { dockerNetworkType } from "./docker-network/type.ts";
import { fileType } from "./file/type.ts";
import { firewallType } from "./firewall/type.ts";
import { keyPairType } from "./key-pair/type.ts";
import { placementType } from "./placement/type.ts";
import type { AnyResourceType } from "./resource-type.ts";
import { sshDaemonType } from "./ssh-daemon/type.ts";

/** Every resource type that the provider serves. */
export const resourceTypes: AnyResourceType[] = [
  composeProjectType,
  dockerNetworkType,
  fileType,
  firewallType,
  keyPairType,
  placementType,
  sshDaemonType,
];
