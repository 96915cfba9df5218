//go:build tools

// Keeps the language host's packages in the module graph; see ../README.md.
package tools

import _ "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs"
