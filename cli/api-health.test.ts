import { expect, test } from "vitest";
import { type AskedApi, faultOf, gitHubApi, hetznerApi } from "./api-health.ts";

const TOKEN = "t0ken-of-nobody";
const hetzner = hetznerApi({ endpoint: "https://cloud.example/v1", token: TOKEN }, "prod");
const gitHub = gitHubApi({ endpoint: "https://api.github.example", token: TOKEN });

const asked = async (api: AskedApi, status: number, headers = {}) => {
  const request = (async () => new Response("{}", { status, headers })) as typeof fetch;
  return (await faultOf({ ...api, request }))?.message;
};
const failing = async (error: Error) => (await faultOf({ ...hetzner, request: () => Promise.reject(error) }))?.message;

test("an API that works is no fault", async () => {
  expect(await asked(hetzner, 200)).toBeUndefined();
  expect(await asked(gitHub, 200, { "X-RateLimit-Remaining": "9", "X-RateLimit-Reset": "1700000000" })).toBeUndefined();
});

test("a refused token comes with where another one is made, and is not shown", async () => {
  const said = await asked(hetzner, 401);
  expect(said).toMatch(
    /^Hetzner does not accept the token\. .*API tokens, then \.\/quay secrets set prod hcloud\.token\.$/,
  );
  expect(await asked(gitHub, 401)).toMatch(/^GitHub does not accept the token\. .*GitHubAccount\.$/);
  expect(said).not.toContain(TOKEN);
});

test("a used-up budget says until when", async () => {
  const reset = { "RateLimit-Reset": "1700000000", "RateLimit-Remaining": "0" };
  expect(await asked(hetzner, 429, reset)).toContain("Run again after 2023-11-14T22:13:20Z;");
  expect(await asked(hetzner, 429)).toContain("Run again in an hour;");
  const used = { "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1700000000" };
  for (const status of [200, 403]) {
    expect(await asked(gitHub, status, used)).toContain("Run again after 2023-11-14T22:13:20Z;");
  }
  expect(await asked(gitHub, 403)).toBeUndefined();
});

test("one that fails or is silent says so, and where to look", async () => {
  expect(await asked(hetzner, 503)).toMatch(
    /^Hetzner itself fails \(503\)\. https:\/\/status.hetzner.com may say why\./,
  );
  const refused = Object.assign(new TypeError("fetch failed"), { cause: { code: "ECONNREFUSED", message: "x" } });
  expect(await failing(refused)).toMatch(/^Hetzner does not answer at https:\/\/cloud.example \(ECONNREFUSED\)\./);
  expect(await failing(new DOMException("late", "TimeoutError"))).toContain("(no answer in 10 s)");
});
