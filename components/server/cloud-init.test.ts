import { expect, test } from "vitest";
import { parse } from "yaml";
import { renderCloudInit } from "./cloud-init.ts";

const privateKey = "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\nBBBB\n-----END OPENSSH PRIVATE KEY-----\n";

test("the user data is a cloud-config that pins the host key and closes passwords", () => {
  const text = renderCloudInit({ hostname: "prod-apps", hostKey: { privateKey, publicKey: "ssh-ed25519 CCCC" } });
  expect(text.split("\n")[0]).toBe("#cloud-config");
  expect(parse(text)).toEqual({
    hostname: "prod-apps",
    preserve_hostname: false,
    manage_etc_hosts: true,
    ssh_pwauth: false,
    disable_root: false,
    ssh_deletekeys: true,
    ssh_genkeytypes: ["ed25519"],
    ssh_keys: { ed25519_private: privateKey, ed25519_public: "ssh-ed25519 CCCC prod-apps" },
  });
});
