// Caddy with the DNS modules that ACME's DNS-01 needs, for machines that reach package registries but no container registry.
package main

import (
	caddycmd "github.com/caddyserver/caddy/v2/cmd"

	_ "github.com/caddy-dns/cloudflare"
	_ "github.com/caddy-dns/ovh"
	_ "github.com/caddyserver/caddy/v2/modules/standard"
	_ "quayside.dev/toolchain/caddy-dns/hetzner"
)

func main() {
	caddycmd.Main()
}
