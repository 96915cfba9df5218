import { describe, expect, test } from "vitest";
import { http01, internalCa } from "./acme.ts";
import { type CaddyfileOptions, renderCaddyfile } from "./caddyfile.ts";

const options: CaddyfileOptions = {
  issuer: internalCa(),
  meshRanges: ["100.64.0.0/10", "172.20.1.0/24"],
  untrusted: ["172.20.1.1"],
  maxBody: "10MB",
  http3: false,
};

describe("renderCaddyfile", () => {
  test("a hostname that is open to all, and one that is for the mesh but for a webhook", () => {
    const caddyfile = renderCaddyfile(
      [
        { hostname: "www.example.org", upstream: "website:3000", access: "public", maxBody: "1GB" },
        { hostname: "n8n.example.org", upstream: "n8n:5678", access: "mesh" },
        { hostname: "n8n.example.org", upstream: "n8n:5678", access: "public", paths: ["/webhook/*", "/form/*"] },
      ],
      options,
    );
    expect(caddyfile).toBe(`{
	admin localhost:2019
	skip_install_trust
	log {
		exclude admin.api
	}
	grace_period 10s
	servers {
		protocols h1 h2
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

www.example.org {
	tls internal
	import security_headers
	encode zstd gzip
	route {
		handle {
			request_body {
				max_size 1GB
			}
			reverse_proxy website:3000
		}
	}
}

n8n.example.org {
	tls internal
	import security_headers
	encode zstd gzip
	route {
		@paths0 path /webhook/* /form/*
		handle @paths0 {
			request_body {
				max_size 10MB
			}
			reverse_proxy n8n:5678
		}
		handle {
			@mesh {
				remote_ip 100.64.0.0/10 172.20.1.0/24
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
	}
}
`);
  });

  test("a hostname of webhooks alone has nothing else", () => {
    const caddyfile = renderCaddyfile(
      [{ hostname: "hook.example.org", upstream: "n8n:5678", access: "public", paths: ["/webhook/*"] }],
      options,
    );
    expect(caddyfile).toContain("\t\t\treverse_proxy n8n:5678\n\t\t}\n\t\trespond 404\n\t}\n}\n");
  });

  test("an ACME authority, and HTTP/3", () => {
    const issuer = http01({ email: "ops@example.org", directory: "https://acme.example.org/directory" });
    const caddyfile = renderCaddyfile([{ hostname: "a.example.org", upstream: "a:1", access: "public" }], {
      ...options,
      issuer,
      http3: true,
    });
    expect(caddyfile).toContain("\temail ops@example.org\n\tacme_ca https://acme.example.org/directory\n");
    expect(caddyfile).toContain("\t\tprotocols h1 h2 h3\n");
    expect(caddyfile).not.toContain("tls internal");
    expect(caddyfile).not.toContain("skip_install_trust");
  });
});
