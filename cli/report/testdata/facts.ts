/** Facts of a platform where everything that a report can say is to be said. */
import { pinnedPrices } from "../../../components/cost/prices.ts";
import { costLines, totalOf } from "../../cost.ts";
import { topologyOf } from "../../diagram/topology.ts";
import { platformOf } from "../../plan-model/platform.ts";
import { resourcesAfter } from "../../plan-model/preview.ts";
import { recorded } from "../../plan-model/testdata/recorded.ts";
import type { ReportFacts } from "../facts.ts";
import { exposureMatrix } from "../matrix.ts";

const AT = "2026-11-21T15:40:00.000Z";

export function fullFacts(): ReportFacts {
  const resources = resourcesAfter(recorded("prod"));
  const platform = platformOf(resources);
  const lines = costLines(resources, pinnedPrices);
  const certificate = (hostname: string, until: string, trusted = true) => ({
    ...{ hostname, host: "sese-ai" },
    shown: { issuer: "Let's Encrypt", from: "2026-09-01T00:00:00.000Z", until, trusted },
  });
  return {
    ...{ stack: "prod", version: "0.1.0", at: AT, deployed: true, waiting: 1 },
    topology: topologyOf(platform),
    exposure: [
      ...exposureMatrix(platform),
      {
        ...{ host: "waza", kind: "port", what: "22000/tcp", service: "<syncthing>", access: "mesh" },
        from: {
          internet: { reaches: "no" },
          mesh: { reaches: "yes", who: ["group:administrators@example.org", "tag:workstation"] },
          addresses: { reaches: "no" },
        },
      },
      {
        ...{ host: "waza", kind: "route", what: "https://hook.example.org/meta/*", service: "n8n", access: "token" },
        from: {
          internet: { reaches: "token" },
          mesh: { reaches: "token" },
          addresses: { reaches: "token" },
        },
      },
    ],
    unreadable: ["waza/workshop-edge"],
    names: [{ name: "n8n.example.org", type: "A" }],
    cost: { before: totalOf(lines) - 570_000, after: totalOf(lines), lines, source: pinnedPrices.source },
    drift: {
      found: {
        drifted: [
          {
            ...{
              urn: "urn:1",
              name: "n8n-project",
              area: "containers",
              host: "sese-ai",
              subject: "n8n",
              state: "changed",
            },
            differences: [{ path: "running.n8n", from: "healthy", to: "exited" }],
          },
          {
            ...{ urn: "urn:2", name: "records-n8n-A", area: "names", subject: "records-n8n-A", state: "missing" },
            differences: [],
          },
        ],
        pending: ["nocodb-project"],
        looked: { cloud: 8, hosts: 31, containers: 14, names: 9 },
        problems: [{ severity: "error", message: "waza (deploy@100.64.0.3:22): cannot connect: no answer in 5 s" }],
      },
    },
    certificates: {
      found: [
        certificate("n8n.example.org", "2027-01-19T00:00:00.000Z"),
        certificate("llm.example.org", "2026-11-24T00:00:00.000Z"),
        certificate("nocodb.example.org", "2026-12-05T00:00:00.000Z", false),
        { hostname: "notes.example.org", host: "seko-vpn", problem: "nothing listens there" },
      ],
    },
    backups: {
      found: [
        {
          ...{ of: "prod-apps-server", host: "prod-apps", kind: "Hetzner's daily backup of the server" },
          newest: "2026-11-21T02:10:00.000Z",
        },
        {
          ...{ of: "seko-vpn", host: "seko-vpn", kind: "copy of the mesh's database, in /var/backups/headscale" },
          note: "none yet",
        },
        {
          ...{ of: "waza", host: "waza" },
          kind: "copy of the mesh's database, in /var/backups/headscale",
          note: "not looked up: no answer",
        },
      ],
    },
    withoutBackup: ["sese-ai"],
  };
}
