#!/bin/sh
# Prints the path of a Go that is new enough: the machine's, else one fetched through the module proxy and verified.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/toolchain/places.sh"

at_least() { # at_least 1.27.1 1.26.8
  [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$2" ]
}

if go=$(command -v go); then
  has=$(cd / && GOTOOLCHAIN=local "$go" env GOVERSION | sed 's/^go//; s/[ -].*//')
  if at_least "$has" "${GO_VERSION%.*}"; then
    echo "$go"
    exit 0
  fi
fi

home=$cache/go/$GO_VERSION
if [ ! -x "$home/bin/go" ]; then
  module=golang.org/toolchain@v0.0.1-go$GO_VERSION.linux-$goarch
  path=golang.org/toolchain/@v/${module#*@}.zip
  mkdir -p "$cache/go"
  work=$(mktemp -d "$cache/go/.fetch.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  trap 'exit 130' INT TERM

  fetched=no
  for proxy in $(printf %s "${GOPROXY:-https://proxy.golang.org}" | tr ',|' '  '); do
    case $proxy in direct | off) continue ;; esac
    if curl -fsSL --retry 3 --connect-timeout 10 -o "$work/go.zip" "${proxy%/}/$path"; then
      fetched=yes
      break
    fi
  done
  if [ $fetched = no ]; then
    echo "Go $GO_VERSION could not be fetched from the Go module proxy (GOPROXY=${GOPROXY:-the public one});" \
      "install Go ${GO_VERSION%.*} or newer, or set GOPROXY to a proxy that this machine reaches." >&2
    exit 1
  fi
  (cd "$work" && unzip -q go.zip)

  # Go's own module hash: the SHA-256 of the sorted list of every file's SHA-256.
  eval "expected=\$GO_SUM_$(echo "$goarch" | tr a-z A-Z)"
  expected=$(printf %s "${expected#h1:}" | base64 -d | od -An -v -tx1 | tr -d ' \n')
  actual=$(cd "$work" && find golang.org -type f | LC_ALL=C sort | tr '\n' '\0' | xargs -0 sha256sum | sha256sum | cut -d' ' -f1)
  if [ "$actual" != "$expected" ]; then
    echo "Go $GO_VERSION as fetched is not what toolchain/pins says (sum $actual, expected $expected);" \
      "nothing of it was run. Check which proxy GOPROXY names." >&2
    exit 1
  fi
  # Module zips carry no execute bits.
  find "$work/$(dirname "$module")/${module##*/}/bin" "$work/$(dirname "$module")/${module##*/}/pkg/tool" -type f -exec chmod 755 {} +
  rm -rf "$home"
  mv "$work/$(dirname "$module")/${module##*/}" "$home"
fi
echo "$home/bin/go"
