# Sourced: where things are kept, which machine this is, and the pinned versions. Expects $root, the repository.
cache=${QUAYSIDE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/quayside}
. "$root/toolchain/pins"

case $(uname -m) in
x86_64) goarch=amd64 npmarch=x64 ;;
aarch64 | arm64) goarch=arm64 npmarch=arm64 ;;
*) goarch='' npmarch='' ;;
esac
