// Regenerates schema.json and bridge-metadata.json of the hcloud plugin; ../../generate.sh runs it.
package main

import (
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfgen"

	"quayside.dev/toolchain/engine/hcloud"
)

func main() {
	tfgen.MainWithMuxer("hcloud", hcloud.Provider([]byte("{}")))
}
