import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startScriptedApi } from "../../tests/scripted-api.ts";
import { pullRequestOf, putComment, type Repository } from "./github.ts";

interface Comment {
  id: number;
  body: string;
  user: { login: string; type: string };
}

/** The calls of GitHub's API that are used, on this machine. */
let server: Server;
let comments: Comment[];
let fail: { status: number; headers?: Record<string, string>; times: number } | undefined;
let on: Repository;

beforeEach(async () => {
  comments = [];
  fail = undefined;
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const answer = (status: number, value: unknown, headers: Record<string, string> = {}) =>
        response.writeHead(status, { "Content-Type": "application/json", ...headers }).end(JSON.stringify(value));
      if (request.headers.authorization !== "Bearer t0ken") return answer(401, { message: "Bad credentials" });
      if (fail && fail.times-- > 0) return answer(fail.status, { message: "no" }, fail.headers);
      const { pathname, searchParams } = new URL(request.url ?? "", "http://x");
      const { body } = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : { body: "" };
      if (pathname === "/repos/o/r/pulls") {
        const pulls = [{ number: 7, head: { sha: "abc" } }];
        return answer(200, searchParams.get("head") === "fork:topic" ? pulls : []);
      }
      if (request.method === "GET") {
        const page = Number(searchParams.get("page"));
        return answer(200, comments.slice((page - 1) * 100, page * 100));
      }
      const id = request.method === "PATCH" ? Number(pathname.split("/").at(-1)) : comments.length + 1;
      const existing = comments.find((comment) => comment.id === id);
      if (existing) existing.body = body;
      else comments.push({ id, body, user: { login: "github-actions[bot]", type: "Bot" } });
      return answer(request.method === "PATCH" ? 200 : 201, { id, html_url: `http://x/${id}` });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  on = { api, repository: "o/r", token: "t0ken" };
});

afterEach(() => new Promise((resolve) => server.close(resolve)));

it("writes one comment, and replaces it the next time", async () => {
  expect(await putComment(on, 7, "<!-- m -->", "<!-- m --> first")).toMatchObject({ updated: false });
  expect(await putComment(on, 7, "<!-- m -->", "<!-- m --> second")).toMatchObject({ updated: true });
  expect(comments.map(({ body }) => body)).toEqual(["<!-- m --> second"]);
});

it("finds its comment behind a hundred others", async () => {
  const user = { login: "someone", type: "User" };
  for (let id = 1; id <= 120; id++) comments.push({ id, body: "hello", user });
  await putComment(on, 7, "<!-- m -->", "<!-- m --> first");
  await putComment(on, 7, "<!-- m -->", "<!-- m --> second");
  expect(comments).toHaveLength(121);
});

it("leaves a person's comment alone that begins as its own", async () => {
  comments.push({ id: 1, body: "<!-- m --> mine", user: { login: "someone", type: "User" } });
  await putComment(on, 7, "<!-- m -->", "<!-- m --> first");
  expect(comments.map(({ body }) => body)).toEqual(["<!-- m --> mine", "<!-- m --> first"]);
});

it("waits when GitHub says so, and tries again when it stumbles", async () => {
  fail = { status: 429, headers: { "retry-after": "0" }, times: 1 };
  await putComment(on, 7, "<!-- m -->", "<!-- m --> first");
  fail = { status: 502, headers: { "retry-after": "0" }, times: 2 };
  await putComment(on, 7, "<!-- m -->", "<!-- m --> second");
  expect(comments).toHaveLength(1);
});

it("tries again when GitHub is silent, and says so in the end", async () => {
  const silent = await startScriptedApi();
  try {
    const to = { ...on, api: silent.origin, patience: { answer: 50, firstPause: 1 } };
    silent.script.push("silence", "half an answer", { status: 200, body: [] }, { status: 201, body: { id: 1 } });
    expect(await putComment(to, 7, "m", "m")).toMatchObject({ id: 1, updated: false });
    silent.script.push("silence", "half an answer", "silence", "silence");
    await expect(putComment(to, 7, "m", "m")).rejects.toThrow(/^GitHub: GET \S+ was not answered\.$/);
  } finally {
    await silent.close();
  }
});

it("says what GitHub refused, with a remedy and without the token", async () => {
  const error: Error & { remedy?: string } = await putComment({ ...on, token: "wr0ng" }, 7, "m", "m").catch(
    (caught) => caught,
  );
  expect(error.message).toBe("GitHub: GET /repos/o/r/issues/7/comments was answered 401: Bad credentials");
  expect(error.remedy).toMatch(/pull-requests: write/);
  expect(error.message).not.toContain("wr0ng");
});

it("knows the pull request of a fork's branch, as long as the commit is its newest", async () => {
  expect(await pullRequestOf(on, "fork:topic", "abc")).toBe(7);
  expect(await pullRequestOf(on, "fork:topic", "older")).toBeUndefined();
});
