#!/bin/sh
# Builds programs of the toolchain from their pinned Go modules into the user's cache, each once per content.
#
#   toolchain/build.sh engine language-nodejs ...
#
# The result of <name> is <cache>/toolchain/<name>/, a link to a folder named by the content it was built from. Runs
# side by side build nothing twice; one that is killed leaves nothing that a later one would take for finished.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/toolchain/places.sh"
out=$cache/toolchain
mkdir -p "$out"

# packages <name>: what is built of a module. The last part of each path is the program's name.
packages() {
  case $1 in
  engine) echo github.com/pulumi/pulumi/pkg/v3/cmd/pulumi ./cmd/pulumi-resource-hcloud ;;
  language-nodejs) echo github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs ;;
  caddy | caddy-dns) echo ./cmd/caddy ;;
  pebble) echo github.com/letsencrypt/pebble/v2/cmd/pebble github.com/letsencrypt/pebble/v2/cmd/pebble-challtestsrv ;;
  github) echo ./cmd/pulumi-resource-github ;;
  sops) echo github.com/getsops/sops/v3/cmd/sops ;;
  actionlint) echo github.com/rhysd/actionlint/cmd/actionlint ;;
  versitygw) echo github.com/versity/versitygw/cmd/versitygw ;;
  headscale) echo github.com/juanfont/headscale/cmd/headscale tailscale.com/cmd/tailscale tailscale.com/cmd/tailscaled ;;
  *)
    echo "toolchain/build.sh: nothing is called $1" >&2
    exit 2
    ;;
  esac
}

ldflags() {
  case $1 in
  engine) echo "-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v$PULUMI_VERSION" ;;
  *) echo "-s -w" ;;
  esac
}

content() {
  cd "$root/toolchain/$1"
  {
    echo "$GO_VERSION $goarch $(packages "$1") $(ldflags "$1")"
    find . -type f | LC_ALL=C sort | tr '\n' '\0' | xargs -0 sha256sum
  } | sha256sum | cut -c1-16
}

build() (
  name=$1
  key=$(content "$name")
  done=$out/$name-$goarch-$key
  exec 9>"$out/.$name.lock"
  flock 9
  if [ ! -d "$done" ]; then
    go=$( (exec 8>"$out/.go.lock" && flock 8 && exec "$root/toolchain/go.sh") )
    rm -rf "$out/.build-$name".* # of a run that was killed; the lock says that none is alive
    work=$(mktemp -d "$out/.build-$name.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    trap 'exit 130' INT TERM HUP
    cd "$root/toolchain/$name"
    # The lock's descriptor is closed for Go: a stray child of it must not hold the lock.
    export GOTOOLCHAIN=local GOWORK=off GOFLAGS="-mod=readonly -modcacherw -buildvcs=false" CGO_ENABLED=0 \
      GOMODCACHE="$cache/go/modules" GOCACHE="$cache/go/build"
    rm -f "$out/$name.total"
    : >"$out/$name.log"
    # shellcheck disable=SC2046 # package lists are lists
    "$go" list -deps $(packages "$name") 9>&- 2>>"$out/$name.log" >"$work/packages" || fail "$name"
    # Their number, for the progress display; -v writes one line for each.
    wc -l <"$work/packages" >"$out/$name.total"
    "$go" build -v -trimpath -ldflags "$(ldflags "$name")" -o "$work/bin/" $(packages "$name") \
      9>&- 2>>"$out/$name.log" || fail "$name"
    for old in "$out/$name-$goarch-"*; do rm -rf "$old"; done
    mv "$work/bin" "$done"
  fi
  ln -s "${done##*/}" "$out/.$name.$$"
  mv -T "$out/.$name.$$" "$out/$name"
)

fail() {
  echo "$1 could not be built from its Go modules; the end of $out/$1.log:" >&2
  tail -n 5 "$out/$1.log" | sed 's/^/  /' >&2
  exit 1
}

if [ $# -eq 0 ]; then
  echo "usage: toolchain/build.sh <name>..." >&2
  exit 2
fi
# Background jobs of a script ignore the keyboard's interrupt, so the whole process group is told to end.
trap 'trap "" TERM; kill -TERM 0; wait; exit 130' INT TERM HUP
# Side by side: one's linking, which keeps a single core busy, goes with the other's compiling.
pids=''
for name; do
  packages "$name" >/dev/null
  build "$name" &
  pids="$pids $!"
done
status=0
for pid in $pids; do wait "$pid" || status=1; done
exit $status
