#!/usr/bin/env bash
# Install Debian packages where this machine lets us; else say which are wanted and fail.
set -euo pipefail
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if sudo -n true 2>/dev/null; then as_root=(sudo -n); else
    echo "WANTED: apt-get install $* (no right to install here)" >&2
    exit 1
  fi
fi
command -v apt-get >/dev/null || { echo "WANTED: $* (no apt-get here)" >&2; exit 1; }
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1 || {
  "${as_root[@]}" apt-get update -qq >/dev/null
  "${as_root[@]}" apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}
