import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { deviceList, metaData, resolvConf, userData } from "./seed.ts";

test("meta-data is YAML with the name and every key", () => {
  const sshKeys = ['ssh-ed25519 AAAA someone: "x" # y', "ssh-rsa BBBB"];
  expect(parse(metaData({ name: "core", sshKeys }, "7-abc"))).toEqual({
    "instance-id": "7-abc",
    "local-hostname": "core",
    "public-keys": sshKeys,
  });
});

test("user data stays as it is; none is an empty cloud-config", () => {
  expect(userData("#!/bin/sh\necho hi")).toBe("#!/bin/sh\necho hi");
  expect(userData(undefined)).toBe("#cloud-config\n{}\n");
  expect(userData("")).toBe("#cloud-config\n{}\n");
});

describe("resolvers", () => {
  test("are the machine's own", () => {
    expect(resolvConf(["# made by\nnameserver 192.0.2.53\nsearch example.org\n"])).toBe(
      "nameserver 192.0.2.53\nsearch example.org\n",
    );
  });

  test("leave out what only the machine reaches, and fall back to the next file", () => {
    expect(resolvConf(["nameserver 127.0.0.53\n", "nameserver 198.51.100.1\n"])).toBe("nameserver 198.51.100.1\n");
    expect(resolvConf(["nameserver ::1\nnameserver 2001:db8::1\n"])).toBe("nameserver 2001:db8::1\n");
  });

  test("are public ones when there is none", () => {
    expect(resolvConf(["", "nameserver 127.0.0.1\n"])).toMatch(/^nameserver 9\.9\.9\.9$/m);
  });
});

test("devices are one a line", () => {
  expect(deviceList([{ id: 5, major: 7, minor: 0 }])).toBe("5 7 0\n");
  expect(deviceList([])).toBe("");
});
