//go:build tools

// Keeps the command in the module graph; see ../README.md.
package tools

import _ "github.com/rhysd/actionlint/cmd/actionlint"
