import { expect, it } from "vitest";
import { renderLabStatus } from "./status.ts";

const lab = { name: "lab", folder: "/var/lab", registry: { address: "10.210.0.1:5000", running: true }, s3: null };
const s3 = { endpoint: "http://10.210.0.1:9000", keysFile: "/var/lab/s3/server.json", running: true };

it("shows where everything is, and not the token", () => {
  const text = renderLabStatus({
    ...lab,
    running: true,
    api: { endpoint: "http://127.0.0.1:8910/v1", token: "s3cret" },
    hosts: [
      {
        name: "core",
        address: "10.210.4.1",
        user: "root",
        keyFile: "/var/lab/deploy-key",
        state: "running",
        labels: { role: "core", tmp: "" },
      },
      { name: "long-name", address: null, user: "root", keyFile: "/var/lab/deploy-key", state: "off", labels: {} },
    ],
  });
  expect(text).toBe(
    [
      "Lab           lab, running",
      "State folder  /var/lab",
      "Cloud API     http://127.0.0.1:8910/v1",
      "Registry      10.210.0.1:5000",
      "S3            none (quay lab start --s3)",
      "",
      "HOST       ADDRESS     STATE    LABELS",
      "core       10.210.4.1  running  role=core,tmp",
      "long-name  -           off",
      "",
      "Log in: ssh -i /var/lab/deploy-key root@10.210.4.1",
    ].join("\n"),
  );
});

it("says when there is nothing", () => {
  const text = renderLabStatus({ ...lab, running: false, api: null, hosts: [] });
  expect(text).toContain("Cloud API     stopped");
  expect(text).toMatch(/No hosts\.$/);
});

it("shows where the S3 server is and where its keys are", () => {
  const text = renderLabStatus({ ...lab, running: true, api: null, hosts: [], s3 });
  expect(text).toContain("S3            http://10.210.0.1:9000, keys in /var/lab/s3/server.json\n");
  const stopped = renderLabStatus({ ...lab, running: false, api: null, hosts: [], s3: { ...s3, running: false } });
  expect(stopped).toContain("S3            stopped\n");
});
