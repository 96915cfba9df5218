import { describe, expect, it } from "vitest";
import { routesOf } from "./caddyfile.ts";

it("reads back what a host and its path is proxied to, and who may use it", () => {
  const caddyfile = `
{
	admin localhost:2019
}
(security_headers) {
	header -Server
}
n8n.example.org, n8n.example.com {
	encode zstd gzip
	@paths0 path /webhook/* /hook # a comment {
	handle @paths0 {
		reverse_proxy n8n:5678
	}
	@mesh {
		remote_ip 100.64.0.0/10
		not remote_ip 172.20.1.1
	}
	handle @mesh {
		request_body {
			max_size 10MB
		}
		reverse_proxy n8n:5678
	}
	handle {
		respond "For members of the mesh only" 403
	}
}
http://token.example.org {
	@token header Authorization "Bearer {$TOKEN}"
	handle @token {
		reverse_proxy http://hook:80 {
			header_up X-A b
		}
	}
	respond 401
}
plain.example.org {
	reverse_proxy /api/* {
		to api:1
	}
}
`;
  expect(routesOf(caddyfile)).toEqual([
    ...["n8n.example.org", "n8n.example.com"].flatMap((hostname) => [
      { hostname, paths: ["/webhook/*", "/hook"], access: "public", upstream: "n8n:5678" },
      { hostname, access: "mesh", upstream: "n8n:5678" },
    ]),
    { hostname: "token.example.org", access: "token", upstream: "http://hook:80" },
    { hostname: "plain.example.org", paths: ["/api/*"], access: "public", upstream: "api:1" },
  ]);
});

it("follows a request from the front over the socket and on to another host's proxy", () => {
  const front = `
https:// {
	tls {
		on_demand
	}
	reverse_proxy unix//run/front/router.sock
}
*.example.org {
	reverse_proxy unix+h2c//run/front/router.sock
}
`;
  const router = `
http://localhost {
	bind unix//run/front/router.sock
	respond 404
}
http://hook.example.org {
	bind unix//run/front/router.sock
	route {
		@paths0 path /webhook/*
		handle @paths0 {
			@token0 {
				header X-Token {file./etc/caddy/token}
				header_regexp X-Token .
			}
			handle @token0 {
				reverse_proxy https://[fd7a:115c:a1e0::1]:443 {
					header_up Host n8n.example.org
					transport http {
						tls_server_name n8n.example.org
					}
				}
			}
			handle {
				respond "A token is needed" 401
			}
		}
		respond 404
	}
}
http://admin.example.org {
	route {
		handle {
			@mesh {
				client_ip 100.64.0.0/10
				not client_ip 172.20.1.1
			}
			handle @mesh {
				reverse_proxy admin:80
			}
		}
	}
}
`;
  expect(routesOf(front)).toEqual([]);
  expect(routesOf(router)).toEqual([
    { hostname: "hook.example.org", paths: ["/webhook/*"], access: "token", upstream: "https://n8n.example.org" },
    { hostname: "admin.example.org", access: "mesh", upstream: "admin:80" },
  ]);
});

describe("whom a matcher of addresses lets in", () => {
  const containers = ["172.20.1.0/24", "fd00:20::/64"];
  const routes = (...matcher: string[]) =>
    routesOf(
      `a.example.org {\n\t@who {\n\t\t${matcher.join("\n\t\t")}\n\t}\n\thandle @who {\n\t\treverse_proxy app:1\n\t}\n}\n`,
      containers,
    ).map(({ hostname, upstream, ...who }) => who);

  it.each([
    ["client_ip 100.64.0.0/10 fd7a:115c:a1e0::/48 172.20.1.0/24 fd00:20::/64"],
    ["remote_ip 100.64.0.7"],
    ["client_ip 100.64.0.0/10", "not client_ip 172.20.1.1"],
  ])("the mesh: %s", (...matcher) => {
    expect(routes(...matcher)).toEqual([{ access: "mesh" }]);
  });

  it.each([
    [["203.0.113.0/24"], undefined, ["client_ip 203.0.113.0/24 172.20.1.0/24"]],
    [["203.0.113.7", "10.0.0.0/8"], true, ["client_ip 203.0.113.7", "client_ip 100.64.0.0/10 10.0.0.0/8"]],
    // Of which the mesh's is a part only, or that Caddy knows by a name.
    [["100.0.0.0/8"], undefined, ["remote_ip 100.0.0.0/8"]],
    [["private_ranges"], true, ["remote_ip private_ranges 100.64.0.0/10"]],
    [["172.20.0.0/16"], true, ["client_ip 100.64.0.0/10 172.20.0.0/16"]],
  ])("addresses, %j: %s", (addresses, andMesh, matcher) => {
    expect(routes(...matcher)).toEqual([{ access: "addresses", addresses, ...(andMesh && { andMesh }) }]);
  });

  it.each([
    [["client_ip 100.64.0.0/10 0.0.0.0/0"]],
    [["remote_ip ::/0"]],
    [["client_ip 0.0.0.0/1", "client_ip 128.0.0.0/1"]],
  ])("everybody: %j", (matcher) => {
    expect(routes(...matcher)).toEqual([{ access: "public" }]);
    expect(routes(...matcher, "header X-Token secret")).toEqual([{ access: "token" }]);
  });

  it("is taken from the narrower of two that are nested", () => {
    const nested = `a.example.org {
	@office remote_ip 203.0.113.0/24
	@mesh remote_ip 100.64.0.0/10
	handle @office {
		reverse_proxy /a/* app:1
		handle @mesh {
			reverse_proxy app:2
		}
	}
}
`;
    expect(routesOf(nested)).toEqual([
      {
        ...{ hostname: "a.example.org", paths: ["/a/*"], upstream: "app:1" },
        ...{ access: "addresses", addresses: ["203.0.113.0/24"] },
      },
      { hostname: "a.example.org", access: "mesh", upstream: "app:2" },
    ]);
  });
});
