// Regenerates schema.json of the github plugin; ../../generate.sh runs it.
package main

import (
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfgen"

	"quayside.dev/toolchain/github/github"
)

func main() {
	info := github.Provider()
	tfgen.Main("github", info.Version, info)
}
