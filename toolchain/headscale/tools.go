//go:build tools

// Package tools names the programs that the lab builds from this module: headscale, and tailscale in the version that
// headscale itself is tested with.
package tools

import (
	_ "github.com/juanfont/headscale/cmd/headscale"
	_ "tailscale.com/cmd/tailscale"
	_ "tailscale.com/cmd/tailscaled"
)
