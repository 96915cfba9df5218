import { expect, test } from "vitest";
import { dns01, hetznerDns, http01, internalCa, ovhDns } from "./acme.ts";
import { renderFront } from "./front-file.ts";

test("certificates by an authority of its own, and every request to the router", () => {
  expect(renderFront(internalCa(), [], false)).toBe(`{
	admin unix//run/caddy/admin.sock
	skip_install_trust
	on_demand_tls {
		ask http://localhost/hostnames
	}
	log {
		exclude admin.api
		format filter {
			wrap json
			request>headers delete
		}
	}
	grace_period 10s
	servers {
		protocols h1 h2
	}
}

http://localhost {
	@self remote_ip 127.0.0.1 ::1
	handle @self {
		handle /hostnames {
			reverse_proxy unix//run/front/router.sock
		}
		handle {
			respond 200
		}
	}
	handle {
		abort
	}
}

https:// {
	tls internal {
		on_demand
	}
	header -Via
	@upgrade header Connection *pgrade*
	handle @upgrade {
		reverse_proxy unix//run/front/router.sock
	}
	@small {
		not method GET HEAD OPTIONS
		header_regexp Content-Length ^[0-9]{1,5}$
	}
	handle @small {
		reverse_proxy unix//run/front/router.sock {
			transport http {
				keepalive off
			}
		}
	}
	@large not method GET HEAD OPTIONS
	handle @large {
		reverse_proxy unix//run/front/router.sock {
			transport http {
				versions h2c
				keepalive off
			}
		}
	}
	handle {
		reverse_proxy unix+h2c//run/front/router.sock
	}
}
`);
});

test("an ACME authority, and HTTP/3", () => {
  const directory = "https://acme.example.org/directory";
  const front = renderFront(http01({ email: "ops@example.org", directory, root: "PEM" }), [], true);
  expect(front).toContain(`	cert_issuer acme {
		dir https://acme.example.org/directory
		email ops@example.org
		trusted_roots /etc/front/acme-root.pem
		disable_tlsalpn_challenge
	}
`);
  expect(front).toContain("\t\tprotocols h1 h2 h3\n");
  expect(front).toContain("\ttls {\n\t\ton_demand\n\t}\n");
  expect(front).not.toContain("skip_install_trust");
});

test("an authority that looks into DNS: credentials are variables of the container, wildcards have one certificate", () => {
  const account = { applicationKey: "a-key", applicationSecret: "a-secret", consumerKey: "c-key" };
  const issuer = dns01(ovhDns(account), { email: "ops@example.org", root: "PEM", resolvers: ["10.0.0.1:5353"] });
  const front = renderFront(issuer, ["*.example.org"], false);
  expect(front).toContain(`	email ops@example.org
	cert_issuer acme {
		email ops@example.org
		trusted_roots /etc/front/acme-root.pem
		dns ovh {
			endpoint {env.OVH_ENDPOINT}
			application_key {env.OVH_APPLICATION_KEY}
			application_secret {env.OVH_APPLICATION_SECRET}
			consumer_key {env.OVH_CONSUMER_KEY}
		}
		resolvers 10.0.0.1:5353
	}
`);
  expect(front).toContain("\n*.example.org {\n\theader -Via\n");
  expect(front).not.toMatch(/a-key|a-secret|c-key/);
  const hetzner = dns01(hetznerDns({ token: "t" }), { email: "ops@example.org" });
  expect(renderFront(hetzner, [], false)).toContain("\t\tdns hetzner {env.HCLOUD_TOKEN}\n");
});
