#!/usr/bin/env bash
# Resolve both locks anew: hashes for every wheel, no addresses.
set -euo pipefail
cd "$(dirname "$0")/.."
compile=(.venv/bin/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header
  --python-version 3.11 --extra postgres --group build pyproject.toml)
"${compile[@]}" -o requirements.lock
"${compile[@]}" --group dev -o requirements-dev.lock
