import { expect, test } from "vitest";
import { planFiles } from "./plan.ts";

const entry = (content: string, mode = "0644") => ({ content, mode, owner: "root", group: "root" });

test("only what differs is touched, and only what was ours is removed", async () => {
  const wanted = { "/same": entry("a"), "/content": entry("a"), "/mode": entry("a", "0600"), "/new": entry("a") };
  const observed = { "/same": entry("a"), "/content": entry("b"), "/mode": entry("a") };
  expect(await planFiles(wanted, observed, ["/same", "/old"])).toEqual({
    write: ["/content", "/new"],
    adjust: ["/mode"],
    remove: ["/old"],
  });
});

test("an asset is compared by its hash, so that its file may be gone", async () => {
  const asset = {
    asset: { path: "gone.txt", hash: "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb" },
  };
  const wanted = { "/a": { ...entry(""), content: asset } };
  expect((await planFiles(wanted, { "/a": entry("a") }, [])).write).toEqual([]);
  expect((await planFiles(wanted, { "/a": entry("b") }, [])).write).toEqual(["/a"]);
});
