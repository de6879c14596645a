#!/usr/bin/env bash
# Make the virtual environment and put a lock's packages and Comity itself into it.
# Use: tools/set_up.sh PYTHON LOCK STAMP
set -euo pipefail
cd "$(dirname "$0")/.."
python=$1 lock=$2 stamp=$3

say() { printf 'set-up: %s\n' "$*" >&2; }

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  say "Python 3.11 or newer is needed; $("$python" --version 2>&1) was found. Name another with PYTHON=…"
  exit 1
}

if [ ! -x .venv/bin/pip ]; then
  rm -rf .venv
  if ! "$python" -m venv .venv >/dev/null 2>&1; then
    say "installing what venv needs"
    rm -rf .venv
    tools/apt_install.sh python3-venv
    "$python" -m venv .venv
  fi
fi

pip=(.venv/bin/python -m pip --quiet --disable-pip-version-check)
if [ ! -x .venv/bin/uv ]; then
  say "installing the installer"
  # The lock pins it by hash; pip reads just its entry.
  awk '/^[a-z]/ { ours = /^uv==/ } ours && !/^ *#/' "$lock" > .venv/uv.lock
  "${pip[@]}" install --require-hashes -r .venv/uv.lock || say "going on with pip alone"
fi

say "installing $(grep -c '^[a-z]' "$lock") packages of $lock"
if [ -x .venv/bin/uv ]; then
  .venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes -r "$lock"
else
  "${pip[@]}" install --require-hashes -r "$lock"
fi
"${pip[@]}" install --no-deps --no-build-isolation --editable .
.venv/bin/python tools/catalogues.py compile
touch "$stamp"
say "done"
