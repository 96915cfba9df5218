import { expect, it } from "vitest";
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
