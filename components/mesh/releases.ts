import type { Architecture } from "../server/host.ts";

/** Where the programs of a mesh come from, each held to its checksum. */
export interface MeshReleases {
  /** The program itself. */
  headscale: Release;
  /** A tar archive with a folder that has `tailscale` and `tailscaled` in it. */
  tailscale: Release & { folder: string };
}

/** One published file. */
export interface Release {
  /** Where it is published; the host itself fetches it. */
  url: string;
  /** SHA-256, hexadecimal. */
  sha256: string;
}

const HEADSCALE = "0.29.3";
const TAILSCALE = "1.102.4";

/**
 * The official releases. Headscale may not be moved by more than one minor version at a time, nor back.
 * Source: https://github.com/juanfont/headscale/releases, https://pkgs.tailscale.com/stable/#static
 */
export const officialReleases: Readonly<Record<Architecture, MeshReleases>> = {
  amd64: official(
    "amd64",
    "8dc183758024ed7095cf610fedea0790233613c71353bc8be2715d82ba29b92c",
    "50748df1045e60b5b695f19f4c56b0da36c019948b440fb456b6584a50f0d8b9",
  ),
  arm64: official(
    "arm64",
    "ecf0099f9aa1efb56e7c74718342a493f7d44a840626a2877ca526e675040f4e",
    "9dd1e6a592a014bbaea0103167ffe299adeda4ba14e078ce9c2895364f6c4c3f",
  ),
};

function official(arch: Architecture, headscale: string, tailscale: string): MeshReleases {
  const folder = `tailscale_${TAILSCALE}_${arch}`;
  return {
    headscale: {
      url: `https://github.com/juanfont/headscale/releases/download/v${HEADSCALE}/headscale_${HEADSCALE}_linux_${arch}`,
      sha256: headscale,
    },
    tailscale: { url: `https://pkgs.tailscale.com/stable/${folder}.tgz`, sha256: tailscale, folder },
  };
}
