// The hcloud plugin, for machines that reach package registries but not the official download.
package main

import (
	"context"
	_ "embed"

	pf "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"

	"quayside.dev/toolchain/engine/hcloud"
)

// Both files come from cmd/generate; committing them spares every set-up that step.
//
//go:embed schema.json
var schema []byte

//go:embed bridge-metadata.json
var metadata []byte

func main() {
	pf.MainWithMuxer(context.Background(), "hcloud", hcloud.Provider(metadata), schema)
}
