"""Run a little JavaScript against the npm packages: one JSON value in, one out."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from tests.places import node, node_modules


def run_script(script: str, value: Any = None) -> Any:
    """Run ``script``, an async function's body that sees ``value``; return what it returns."""
    whole = f"""
      const chunks = []; for await (const c of process.stdin) chunks.push(c)
      const value = JSON.parse(Buffer.concat(chunks).toString('utf8'))
      const b64 = (bytes) => Buffer.from(bytes).toString('base64')
      const raw = (text) => new Uint8Array(Buffer.from(text, 'base64'))
      const out = await (async () => {{ {script} }})()
      process.stdout.write(JSON.stringify(out))
    """
    done = subprocess.run(
        [node(), "--input-type=module", "--eval", whole],
        cwd=node_modules().parent,
        input=json.dumps(value).encode(),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise AssertionError(done.stderr.decode())
    return json.loads(done.stdout)
