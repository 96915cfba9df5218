import { createServer } from "node:net";
import { expect, test } from "vitest";
import { Connection } from "./connection.ts";

test("a host that hangs up before the handshake is an error, not the end of this process", async () => {
  const uncaught: unknown[] = [];
  const note = (error: unknown) => uncaught.push(error);
  process.on("uncaughtException", note);
  const server = createServer((socket) => setTimeout(() => socket.resetAndDestroy(), 20)).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  try {
    const host = { name: "core", address: "127.0.0.1", port, patience: 0.1 };
    await expect(Connection.open(host, {})).rejects.toThrow(/^core \(root@127\.0\.0\.1:\d+\): cannot connect/);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(uncaught).toEqual([]);
  } finally {
    process.off("uncaughtException", note);
    server.close();
  }
});

test("a host that has another way is looked for there, too, and both are told of", async () => {
  const host = { name: "core", address: "127.0.0.1", port: 1, patience: 0.1 };
  const otherwise = { ...host, address: "127.0.0.2", port: 2 };
  await expect(Connection.open({ ...host, otherwise }, {})).rejects.toThrow(
    "core (root@127.0.0.1:1): cannot connect: nothing listens on that port, nor at root@127.0.0.2:2: nothing listens on that port (tried for 0.1 s).",
  );
});
