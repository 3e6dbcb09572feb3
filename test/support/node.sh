#!/bin/sh
# Prints the path of a Node to run Troupe with: the machine's own where it is new enough, else one from the npm
# registry in the cache. With a major version as argument, always that one.
set -eu
cache="${TROUPE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/troupe}/node"
fallback=22

new_enough() {
  command -v node >/dev/null && node -e '
    const [major, minor] = process.versions.node.split(".").map(Number)
    process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)'
}

fetched() {
  case "$(uname -m)" in
    x86_64) arch=x64 ;;
    aarch64) arch=arm64 ;;
    *) echo "No Node binary is known for $(uname -m): install Node 20.19 or newer." >&2; exit 1 ;;
  esac
  binary="$cache/$1/node_modules/node-linux-$arch/bin/node"
  if [ ! -x "$binary" ]; then
    command -v npm >/dev/null || (apt-get update && apt-get install -y --no-install-recommends npm) >&2
    mkdir -p "$cache/$1"
    npm install --prefix "$cache/$1" --no-save --no-audit --no-fund "node-linux-$arch@$1" >&2
  fi
  echo "$binary"
}

if [ $# -gt 0 ]; then fetched "$1"
elif new_enough; then command -v node
else fetched "$fallback"; fi
