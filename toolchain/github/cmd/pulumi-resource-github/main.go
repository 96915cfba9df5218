// The github plugin, for machines that reach package registries but not the official download.
package main

import (
	_ "embed"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"

	"quayside.dev/toolchain/github/github"
)

// From cmd/generate; committing it spares every set-up that step.
//
//go:embed schema.json
var schema []byte

func main() {
	info := github.Provider()
	tfbridge.Main("github", info.Version, info, schema)
}
