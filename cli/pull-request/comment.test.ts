import { describe, expect, it } from "vitest";
import { comparePreviews, type Preview, readPreview } from "../plan-model/preview.ts";
import { deployedJson, recorded, recordedJson } from "../plan-model/testdata/recorded.ts";
import { MARKER, renderComment } from "./comment.ts";

const oneService = () => comparePreviews(recorded("lab"), recorded("lab", "lab-hello-1.1.0"));

/** Every service, host and component of the lab but the named ones. */
function othersThan(...names: string[]): string[] {
  const all = recorded("lab").steps.map(({ urn }) => urn.split("::").at(-1) ?? "");
  return all.filter((name) => !names.includes(name) && !names.some((known) => known.startsWith(`${name}-`)));
}

describe("comment", () => {
  it("names the one service that changes, its host, and nothing else", () => {
    const comment = renderComment([{ stack: "lab", preview: oneService(), basis: "base" }]);
    expect(comment).toMatchSnapshot();
    const words = new Set(comment.split(/[^\w.-]+/));
    expect(words).toContain("app");
    expect(othersThan("app", "core", "quayside-lab").filter((name) => words.has(name))).toEqual([]);
  });

  it("says so when nothing changes, and names nobody", () => {
    const same = comparePreviews(recorded("lab"), recorded("lab"));
    const comment = renderComment([{ stack: "lab", preview: same, basis: "base" }]);
    expect(comment).toContain("| `lab` | none | unchanged | 12.55 | 12.55 |");
    expect(comment).not.toMatch(/core|app|postgres/);
  });

  it("begins with what it is found by", () => {
    expect(renderComment([]).startsWith(MARKER)).toBe(true);
  });

  it("tells new and removed ports, routes and names, from where they can be reached", () => {
    const preview = changed((steps) => {
      const caddy = find(steps, "edge-compose");
      const file = caddy.newState.inputs.files["files/etc/caddy/Caddyfile"];
      file.content = file.content.replace(
        "admin.lab.test {",
        "extra.lab.test {\n\treverse_proxy app:9\n}\nadmin.lab.test {",
      );
      delete find(steps, "core-hardening-firewall").newState.inputs.rules.https;
      steps.push(
        record("hcloud:index/zoneRecord:ZoneRecord", {
          zone: "lab.test",
          name: "extra",
          type: "A",
          value: "192.0.2.1",
        }),
      );
    });
    const comment = renderComment([{ stack: "lab", preview, basis: "state" }]);
    expect(comment).toContain("| **new** | route | `https://extra.lab.test` | anywhere | `core` `app` |");
    expect(comment).toContain("| **new** | name | `extra.lab.test A` | anywhere |  |");
    expect(comment).toContain("| removed | port | `443/tcp` | anywhere | `core` `edge` |");
  });

  it("has the cost before and after, to the cent", () => {
    const preview = changed((steps) => {
      find(steps, "core-volume").newState.inputs.size = 100;
    });
    const comment = renderComment([{ stack: "lab", preview, basis: "state" }]);
    // 90 GB more at 0.0572.
    expect(comment).toContain("| `lab` | 1 changed | unchanged | 12.55 | **17.70** |");
    expect(comment).toContain("| `core-volume` | volume, 10 GB → volume, 100 GB | 0.57 | 5.72 |");
  });

  it("tells of a changed secret without showing it", () => {
    const preview = changed((steps) => {
      const step = find(steps, "app-compose");
      Object.assign(step, { op: "update", detailedDiff: { "env.REDIS_URL": { kind: "update" } } });
    });
    const comment = renderComment([{ stack: "lab", preview, basis: "state" }]);
    expect(comment).toContain("- `env.REDIS_URL`: a secret, changed");
  });

  it("says that a preview failed, and why", () => {
    const json = JSON.stringify({ diagnostics: [{ severity: "error", message: "error: two routes for ```x```" }] });
    const comment = renderComment([{ stack: "lab", preview: readPreview(json), basis: "state" }]);
    expect(comment).toContain("**the preview failed**");
    expect(comment).toContain("````text\nerror: two routes for ```x```\n````");
  });

  it("lets no name of the stack's become markup, a mention or a part of the diagram", () => {
    const preview = changed((steps) => {
      const caddy = find(steps, "edge-compose");
      const file = caddy.newState.inputs.files["files/etc/caddy/Caddyfile"];
      file.content += '\n"a|b`\\"]-->x@everyone" {\n\treverse_proxy app:1\n}\n';
      find(steps, "core-hardening-firewall").newState.inputs.rules.odd = {
        port: "1",
        from: ["@everyone [x](http://evil)"],
      };
    });
    const comment = renderComment([{ stack: "lab", preview, basis: "state" }]);
    const outside = comment.replace(/```+[\s\S]*?```+/g, "").replace(/(`+).*?\1/g, "");
    expect(outside).not.toMatch(/@|\]\(/);
  });

  it("stays within what GitHub takes, and says what it left out", () => {
    const preview = changed((steps) => {
      for (let index = 0; index < 2000; index++) {
        steps.push(
          record(
            "quayside:host:File",
            { host: { name: "core" }, path: `/etc/${index}` },
            `a-rather-long-name-of-a-file-${index}`,
          ),
        );
      }
    });
    const comment = renderComment([{ stack: "lab", preview, basis: "state" }]);
    expect(comment.length).toBeLessThan(65_536);
    expect(comment).toMatch(/The rest was left out/);
  });
});

// biome-ignore lint/suspicious/noExplicitAny: the engine's JSON, changed by hand
type Steps = any[];

/** The deployed lab with a change: steps that differ from their old state are updates, as the engine would say. */
function changed(change: (steps: Steps) => void): Preview {
  const { steps } = JSON.parse(deployedJson("lab")) as { steps: Steps };
  const apart = steps.map((step) => ({ ...step, newState: structuredClone(step.newState) }));
  change(apart);
  for (const step of apart) {
    if (JSON.stringify(step.oldState) !== JSON.stringify(step.newState) && step.op === "same") step.op = "update";
  }
  return readPreview(JSON.stringify({ steps: apart }));
}

function find(steps: Steps, name: string) {
  return steps.find(({ urn }) => urn.endsWith(`::${name}`));
}

function record(type: string, inputs: object, name = "extra") {
  const urn = `urn:pulumi:lab::quayside::${type}::${name}`;
  return { op: "create", urn, newState: { urn, type, custom: true, inputs } };
}

it("is recorded from the real engine", () => {
  expect(JSON.parse(recordedJson("prod")).steps.length).toBeGreaterThan(90);
});
