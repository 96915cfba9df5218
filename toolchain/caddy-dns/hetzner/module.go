// Package hetzner is the DNS module of Caddy for zones in the Hetzner Cloud. It stands in for
// github.com/caddy-dns/hetzner/v2 where that cannot be downloaded: the same module id and the same settings, on the
// library that does the work there too. Hosts build the original (components/proxy/dns-image.ts).
package hetzner

import (
	"errors"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/libdns/hetzner/v2"
)

// Module lets Caddy configure the library.
type Module struct {
	*hetzner.Provider
}

var (
	_ caddy.Provisioner     = (*Module)(nil)
	_ caddyfile.Unmarshaler = (*Module)(nil)
)

func init() {
	caddy.RegisterModule(new(Module))
}

// CaddyModule says what Caddy knows it by.
func (*Module) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  "dns.providers.hetzner",
		New: func() caddy.Module { return &Module{hetzner.New("")} },
	}
}

// Provision reads the variable that holds the token. The library would panic without one, at the first record.
func (m *Module) Provision(caddy.Context) error {
	m.APIToken = caddy.NewReplacer().ReplaceAll(m.APIToken, "")
	if m.APIToken == "" {
		return errors.New("no API token")
	}
	return nil
}

// UnmarshalCaddyfile reads `hetzner <token>`, or `hetzner { api_token <token> }`.
func (m *Module) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next()
	switch arguments := d.RemainingArgs(); len(arguments) {
	case 0:
	case 1:
		m.APIToken = arguments[0]
	default:
		return d.ArgErr()
	}
	for d.NextBlock(0) {
		if d.Val() != "api_token" {
			return d.Errf("%q is no setting of it", d.Val())
		}
		if m.APIToken != "" {
			return d.Err("the API token is given twice")
		}
		if !d.AllArgs(&m.APIToken) {
			return d.ArgErr()
		}
	}
	if m.APIToken == "" {
		return d.Err("the API token is missing")
	}
	return nil
}
