import { describe, expect, test } from "vitest";
import { diffProperties } from "../engine/diff.ts";
import type { Properties } from "../engine/values.ts";
import { planPackages } from "./plan.ts";
import { changePackages, parsePackages } from "./script.ts";
import { parseSource, renderSource } from "./source.ts";
import { packagesType } from "./type.ts";

const armored = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQINBFit\n=abcd\n-----END PGP PUBLIC KEY BLOCK-----";
const source = { uris: ["https://download.docker.com/linux/debian"], suites: ["trixie"], components: ["stable"] };
const inputs = (packages: string[], sources?: object) =>
  packagesType.schema.parse({ host: { name: "core", address: "::1" }, packages, sources });

describe("apt sources", () => {
  test("are written with the key inside, and read back the same", () => {
    const rendered = renderSource({ ...source, signedBy: armored });
    expect(rendered).toContain("Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mQINBFit\n");
    expect(parseSource(rendered)).toEqual({ ...source, signedBy: armored });
    const keyring = { ...source, architectures: ["arm64"], signedBy: "/etc/apt/keyrings/docker.gpg" };
    expect(parseSource(renderSource(keyring))).toEqual(keyring);
  });

  test("need a key", () => {
    expect(() => inputs([], { docker: { ...source, signedBy: "" } })).toThrow(/ASCII-armored public key/);
  });
});

describe("packages", () => {
  test("are kept by name, in order, with the version that they need", () => {
    expect(inputs(["curl", "redis-server=5:8.0.2-3", "apt", "curl"]).packages).toEqual({
      apt: "present",
      curl: "present",
      "redis-server": "5:8.0.2-3",
    });
    expect(() => inputs(["curl", "curl=8"])).toThrow(/declared twice/);
    expect(() => inputs(["curl; reboot"])).toThrow(/Debian package name/);
  });

  test("are read in the words of the inputs; what is half installed is not", () => {
    const wanted = inputs(["curl", "jq=1.7", "vim"]);
    expect(parsePackages("installed 8.1 curl\ninstalled 1.6 jq\nhalf-configured 9 vim\n", wanted)).toEqual({
      packages: { curl: "present", jq: "1.6" },
    });
  });

  test("are planned from what is there, and from what was ours", () => {
    const wanted = inputs(["curl", "jq=1.7"], { docker: { ...source, signedBy: armored } });
    const observed = { packages: { curl: "present", jq: "1.6" }, sources: {} };
    expect(planPackages(wanted, observed, { packages: { curl: "present", vim: "present" }, sources: {} })).toEqual({
      install: [["jq", "1.7"]],
      uninstall: ["vim"],
      sources: { write: ["docker"], remove: [] },
    });
  });

  test("sources that are not declared any more are a difference, and go; none that never were there", () => {
    const wanted = inputs(["curl"]);
    const observed = { packages: { curl: "present" }, sources: { docker: { ...source, signedBy: armored } } };
    const changes = (seen: object) =>
      diffProperties({ ...wanted } as unknown as Properties, { ...seen, host: wanted.host } as unknown as Properties, {
        identity: [],
        settings: ["retain"],
      });
    expect(changes(observed)).toEqual([{ path: "sources", kind: "update", replace: false }]);
    expect(changes({ packages: observed.packages })).toEqual([]);
    expect(planPackages(wanted, { packages: observed.packages }, observed).sources).toEqual({
      write: [],
      remove: ["docker"],
    });
  });

  test("nothing to do is no apt at all; versions and locks are respected", () => {
    const wanted = inputs(["jq=1.7"]);
    const plan = planPackages(wanted, undefined, undefined);
    const script = changePackages(wanted, plan);
    expect(script).toContain("apt install --no-install-recommends --allow-downgrades jq=1.7");
    expect(script).toContain("DPkg::Lock::Timeout");
    expect(script).not.toContain("autoremove");
  });
});
