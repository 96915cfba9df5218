#!/bin/sh
# Regenerates the schema that the github plugin embeds, after a change of the Terraform provider's or the bridge's version.
set -eu
cd "$(dirname "$0")"
out=$PWD/cmd/pulumi-resource-github
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
CGO_ENABLED=0 go build -o "$work/generate" ./cmd/generate
# From an empty folder: the generator starts an engine host, which would read this project's Pulumi.yaml.
cd "$work"
./generate schema --out "$out" --skip-docs --skip-examples --quiet
rm -f "$out/Pulumi.yaml" "$out/bridge-metadata.json"
