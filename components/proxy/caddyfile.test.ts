import { describe, expect, test } from "vitest";
import { type CaddyfileOptions, renderCaddyfile } from "./caddyfile.ts";

const options: CaddyfileOptions = {
  meshRanges: ["100.64.0.0/10", "172.20.1.0/24"],
  untrusted: ["172.20.1.1"],
  maxBody: "10MB",
};

const n8n = "n8n:5678";

describe("renderCaddyfile", () => {
  test("a hostname that is open to all, and one that is for the mesh but for a webhook", () => {
    const caddyfile = renderCaddyfile(
      [
        {
          hostname: "www.example.org",
          upstream: "website:3000",
          access: "public",
          maxBody: "1GB",
        },
        { hostname: "n8n.example.org", upstream: n8n, access: "mesh" },
        { hostname: "n8n.example.org", upstream: n8n, access: "public", paths: ["/webhook/*", "/form/*"] },
      ],
      options,
    );
    expect(caddyfile).toBe(`{
	admin localhost:2019
	auto_https off
	persist_config off
	log {
		exclude admin.api
		format json
	}
	grace_period 10s
	servers {
		protocols h1 h2c
		trusted_proxies_unix
	}
}

(security_headers) {
	header {
		Strict-Transport-Security max-age=31536000
		X-Content-Type-Options nosniff
		?X-Frame-Options SAMEORIGIN
		?Referrer-Policy strict-origin-when-cross-origin
		-Server
	}
}

(access_log) {
	log {
		output file /var/log/caddy/access.log {
			mode 0640
			roll_size 20MiB
			roll_keep 5
			roll_keep_for 720h
		}
		format json
	}
}

http://localhost {
	bind unix//run/front/router.sock
	@declared query domain=www.example.org domain=n8n.example.org
	respond @declared 200
	respond 404
}

http://www.example.org {
	bind unix//run/front/router.sock
	import access_log
	import security_headers
	encode zstd gzip
	route {
		handle {
			request_body {
				max_size 1GB
			}
			reverse_proxy website:3000 {
				lb_try_duration 5s
				lb_try_interval 100ms
			}
		}
	}
}

http://n8n.example.org {
	bind unix//run/front/router.sock
	import access_log
	import security_headers
	encode zstd gzip
	route {
		@paths0 path /webhook/* /form/*
		handle @paths0 {
			request_body {
				max_size 10MB
			}
			reverse_proxy n8n:5678 {
				lb_try_duration 5s
				lb_try_interval 100ms
			}
		}
		handle {
			@mesh {
				client_ip 100.64.0.0/10 172.20.1.0/24
				not client_ip 172.20.1.1
			}
			handle @mesh {
				request_body {
					max_size 10MB
				}
				reverse_proxy n8n:5678 {
					lb_try_duration 5s
					lb_try_interval 100ms
				}
			}
			handle {
				header Proxy-Refusal mesh-only
				respond "For members of the mesh only" 403
			}
		}
	}
}
`);
  });

  test("a hostname of webhooks alone has nothing else", () => {
    const caddyfile = renderCaddyfile(
      [{ hostname: "hook.example.org", upstream: n8n, access: "public", paths: ["/webhook/*"] }],
      options,
    );
    expect(caddyfile).toContain("\t\t\t}\n\t\t}\n\t\theader Proxy-Refusal no-route\n\t\trespond 404\n\t}\n}\n");
  });

  test("a member that is relayed to by its name is asked for in the mesh, whenever it joins", () => {
    const upstream = { address: "core.mesh.example.org", hostname: "n8n.example.org", verify: true };
    const route = { hostname: "hook.example.org", upstream, access: "public", paths: ["/webhook/*"] } as const;
    expect(renderCaddyfile([route], options)).toContain(`
			reverse_proxy {
				dynamic a {
					name core.mesh.example.org
					port 443
					resolvers 100.100.100.100
					versions ipv4
				}
				lb_try_duration 5s
				lb_try_interval 100ms
				header_up Host n8n.example.org
				transport http {
					tls
					tls_server_name n8n.example.org
				}
			}
`);
  });

  test("a webhook with a token, relayed to another host's proxy; the token is not logged", () => {
    const upstream = { address: "fd7a:115c:a1e0::1", hostname: "n8n.example.org", verify: false };
    const token = { header: "x-gitlab-token", file: "/etc/caddy/tokens/0" };
    const caddyfile = renderCaddyfile(
      [{ hostname: "hook.example.org", upstream, access: "public", paths: ["/webhook/*"], token }],
      options,
    );
    expect(caddyfile).toContain("\t\t\trequest>headers>X-Gitlab-Token delete\n");
    expect(caddyfile).toContain(`
		@paths0 path /webhook/*
		handle @paths0 {
			@token0 {
				header x-gitlab-token {file./etc/caddy/tokens/0}
				header_regexp x-gitlab-token .
			}
			handle @token0 {
				request_body {
					max_size 10MB
				}
				reverse_proxy https://[fd7a:115c:a1e0::1]:443 {
					lb_try_duration 5s
					lb_try_interval 100ms
					header_up Host n8n.example.org
					transport http {
						tls_server_name n8n.example.org
						tls_insecure_skip_verify
					}
				}
			}
			handle {
				header Proxy-Refusal token
				respond "A token is needed" 401
			}
		}
`);
  });
});
