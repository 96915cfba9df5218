import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { resumeCloud } from "./power.ts";
import { aServer, testCloud } from "./testing.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "quayside-api-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("a restart of the API", () => {
  it("keeps everything, readable by its owner only", async () => {
    const file = join(folder, "state.json");
    const first = testCloud({ file });
    const { server } = await first.done("POST", "/servers", aServer("web", { labels: { a: "b" } }));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const before = (await first.call("GET", `/servers/${server.id}`)).body;

    const second = testCloud({ file, driver: first.driver });
    await resumeCloud(second.cloud);
    await second.cloud.actions.idle();
    expect((await second.call("GET", `/servers/${server.id}`)).body).toEqual(before);
    const next = (await second.done("POST", "/servers", aServer("web2"))).server;
    expect(next.id).toBeGreaterThan(server.id);
    expect(next.public_net.ipv4.ip).not.toBe(before.server.public_net.ipv4.ip);
  });

  it("finishes the actions that were running", async () => {
    const file = join(folder, "state.json");
    const first = testCloud({ file });
    first.driver.gate = new Promise(() => {});
    const { server, action } = (await first.call("POST", "/servers", aServer("web"))).body;
    expect(JSON.parse(readFileSync(file, "utf8")).actions[action.id].status).toBe("running");

    const second = testCloud({ file });
    await resumeCloud(second.cloud);
    await second.cloud.actions.idle();
    expect((await second.call("GET", `/actions/${action.id}`)).body.action.status).toBe("success");
    expect((await second.call("GET", `/servers/${server.id}`)).body.server.status).toBe("running");
    expect(second.driver.machines.has(server.id)).toBe(true);
  });

  it("starts machines that should run and says when one is lost", async () => {
    const file = join(folder, "state.json");
    const first = testCloud({ file });
    const { server } = await first.done("POST", "/servers", aServer("stopped"));
    const { server: lost } = await first.done("POST", "/servers", aServer("lost"));
    const { server: off } = await first.done("POST", "/servers", aServer("off", { start_after_create: false }));
    await first.driver.stop(server.id);
    await first.driver.destroy(lost.id);
    first.driver.firewalls.clear();

    const second = testCloud({ file, driver: first.driver });
    await resumeCloud(second.cloud);
    await second.cloud.actions.idle();
    const status = async (id: number) => (await second.call("GET", `/servers/${id}`)).body.server.status;
    expect(await status(server.id)).toBe("running");
    expect(await status(lost.id)).toBe("unknown");
    expect(await status(off.id)).toBe("off");
    expect(second.driver.firewalls.has(server.id)).toBe(true);
  });
});
