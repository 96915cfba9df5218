import { expect, test } from "vitest";
import { renderProxyFilter, renderProxyJail } from "./jail.ts";

const pattern = (name: string) =>
  new RegExp(
    (new RegExp(`^${name} = (.+)$`, "m").exec(renderProxyFilter())?.[1] ?? "").replace("<HOST>", '(?<host>[^"]+)'),
  );

/** As Caddy writes it. */
const line = (status: number, more = {}, headers = {}) =>
  JSON.stringify({
    ...{ level: "info", ts: 1790000000.5, logger: "http.log.access.log0", msg: "handled request" },
    request: { remote_ip: "", remote_port: "", client_ip: "198.51.100.9", proto: "HTTP/2.0", method: "GET", ...more },
    ...{ bytes_read: 0, user_id: "", duration: 0.001, size: 12, status, resp_headers: headers },
  });

test("who is refused by a service is counted, by the address that is connected to the front", () => {
  const refused = [401, 403].map((status) => pattern("failregex").exec(line(status))?.groups?.["host"]);
  expect(refused).toEqual(["198.51.100.9", "198.51.100.9"]);
  for (const status of [200, 302, 404, 500]) expect(line(status)).not.toMatch(pattern("failregex"));
});

test("nobody gets others banned by what they ask for, nor counted for what the proxy refuses", () => {
  const uri = '/?x="client_ip":"203.0.113.7","status":401,';
  expect(pattern("failregex").exec(line(401, { uri }))?.groups?.["host"]).toBe("198.51.100.9");
  expect(line(200, { uri, headers: { "User-Agent": [uri] } })).not.toMatch(pattern("failregex"));
  expect(line(403, {}, { "Proxy-Refusal": ["mesh-only"] })).toMatch(pattern("ignoreregex"));
  expect(line(403, { uri: '"Proxy-Refusal":' })).not.toMatch(pattern("ignoreregex"));
});

test("members of the mesh and who deploys are never banned", () => {
  const jail = renderProxyJail("/opt/x/data/edge/logs/access.log", ["203.0.113.7/32"]);
  expect(jail).toContain("\nlogpath = /opt/x/data/edge/logs/access.log\n");
  expect(jail).toContain("\nignoreip = 127.0.0.1/8 ::1 100.64.0.0/10 fd7a:115c:a1e0::/48 203.0.113.7/32\n");
});
