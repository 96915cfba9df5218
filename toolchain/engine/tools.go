//go:build tools

// Keeps the engine's command in the module graph; see ../README.md.
package tools

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
