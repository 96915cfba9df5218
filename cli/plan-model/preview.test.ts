import { expect, it } from "vitest";
import { changesOf } from "./changes.ts";
import { comparePreviews, readPreview } from "./preview.ts";
import { recorded, recordedJson } from "./testdata/recorded.ts";

const urn = "urn:pulumi:prod::quayside::quayside:host:File::motd";
const state = (content: unknown) => ({ urn, type: "quayside:host:File", inputs: { content, host: { name: "core" } } });

it("reads a replacement, which the engine tells in three steps, as one", () => {
  const { steps } = readPreview(
    JSON.stringify({
      steps: [
        { op: "create-replacement", urn, oldState: state("a"), newState: state("b") },
        { op: "replace", urn, oldState: state("a"), newState: state("b"), detailedDiff: { content: {} } },
        { op: "delete-replaced", urn, oldState: state("a") },
      ],
    }),
  );
  expect(steps).toHaveLength(1);
  expect(steps[0]).toMatchObject({ operation: "replace", differing: ["content"] });
  expect(steps[0]?.after?.inputs["content"]).toBe("b");
});

it("finds the JSON behind what was printed before it", () => {
  expect(readPreview(`warning: a plugin was downloaded\n${recordedJson("lab")}`).steps).not.toEqual([]);
});

it("masks a secret of a state, encrypted or not", () => {
  const mark = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
  const secret = { ...mark, ciphertext: "v1:abc", plaintext: '"hunter2"' };
  const { steps } = readPreview(JSON.stringify({ steps: [{ op: "same", urn, oldState: state(secret) }] }));
  expect(JSON.stringify(steps)).not.toMatch(/abc|hunter2/);
});

it("takes errors and warnings without their colours", () => {
  const message = "\u001b[31merror: no\u001b[39m";
  const { problems } = readPreview(
    JSON.stringify({ diagnostics: [{ severity: "error", message }, { severity: "info" }] }),
  );
  expect(problems).toEqual([{ severity: "error", message: "error: no" }]);
});

it("groups changes by host and by what they belong to", () => {
  const changes = changesOf(comparePreviews(recorded("lab"), recorded("lab", "lab-hello-1.1.0")));
  expect(changes).toEqual([
    {
      host: "core",
      subjects: [
        {
          name: "app",
          kind: "Service",
          operation: "update",
          resources: [
            {
              name: "app-compose",
              type: "ComposeProject",
              operation: "update",
              differences: [
                { path: "compose.services.app.image", from: "quayside/hello:1.0.0", to: "quayside/hello:1.1.0" },
              ],
            },
          ],
        },
      ],
    },
  ]);
});

it("does not count how a host is reached as a change, but which host it is", () => {
  const compare = (from: object, to: object) => {
    const of = (host: object) =>
      readPreview(JSON.stringify({ steps: [{ op: "create", urn, newState: { ...state("a"), inputs: { host } } }] }));
    return changesOf(comparePreviews(of(from), of(to)));
  };
  expect(compare({ name: "core", port: 22 }, { name: "core", port: 804 })).toEqual([]);
  expect(compare({ name: "core" }, { name: "hub" })).toHaveLength(1);
});
