import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { askScript, type Errand, parseAnswers } from "./script.ts";

const request = { hostname: "n8n.example.org", path: "/", method: "GET" } as const;

test("a token is not among curl's arguments", () => {
  const header = { name: "X-Token", value: 'it\'s "secret" \\' };
  const script = askScript([{ request: { ...request, header }, address: "fd7a:115c:a1e0::1" }]);
  const shim =
    'curl() { printf "%s\\n" "$@" >&3; cat >&3; printf "HTTP/2 200 \\r\\nproxy-refusal: token\\r\\n\\r\\n"; }\n';
  const run = execFileSync("sh", ["-s"], { input: `exec 3>&1\n${shim}${script}`, encoding: "utf8" });
  const [args = "", config = ""] = run.split("url = ");
  expect(args).not.toContain("secret");
  expect(config).toContain('header = "X-Token: it\'s \\"secret\\" \\\\"\n');
  expect(config).toContain('resolve = "n8n.example.org:443:[fd7a:115c:a1e0::1]"\n');
  expect(run).toContain("\n0 0 200 token\n");
});

test("answers are told apart, in whatever order they came", () => {
  const errands: Errand[] = [
    { request, address: "100.64.0.1" },
    { request, address: "172.20.1.1", container: "edge-upstreams" },
    { request, address: "100.64.0.2" },
    { request, address: "100.64.0.3" },
  ];
  const answers = parseAnswers("2 0 403 mesh-only\n0 0 200 \n1 @container\n3 7 \n", errands);
  expect(answers?.map(({ kind, text }) => `${kind}: ${text}`)).toEqual([
    "served: 200",
    "unanswered: no answer (the container edge-upstreams does not run)",
    "refused: 403 (mesh-only)",
    "unanswered: no answer (connection refused or no way there)",
  ]);
  expect(parseAnswers("@curl missing\n", errands)).toBeUndefined();
});
