import { composeProjectType } from "./compose-project/type.ts";
import { directoryType } from "./directory/type.ts";
import { dockerNetworkType } from "./docker-network/type.ts";
import { fileType } from "./file/type.ts";
import { filesType } from "./files/type.ts";
import { firewallType } from "./firewall/type.ts";
import { keyPairType } from "./key-pair/type.ts";
import { packagesType } from "./packages/type.ts";
import { placementType } from "./placement/type.ts";
import type { AnyResourceType } from "./resource-type.ts";
import { scriptType } from "./script/type.ts";
import { sshDaemonType } from "./ssh-daemon/type.ts";
import { systemdUnitType } from "./systemd-unit/type.ts";
import { userType } from "./user/type.ts";

/** Every resource type that the provider serves. */
export const resourceTypes: AnyResourceType[] = [
  composeProjectType,
  directoryType,
  dockerNetworkType,
  fileType,
  filesType,
  firewallType,
  keyPairType,
  packagesType,
  placementType,
  scriptType,
  sshDaemonType,
  systemdUnitType,
  userType,
];
