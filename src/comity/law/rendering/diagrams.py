"""A process as a Mermaid state diagram, which many readers of Markdown draw."""

from __future__ import annotations

from comity.law.processes import Process
from comity.law.rendering.wording import say_name


def draw_diagram(process: Process) -> str:
    """Return the text of a ``stateDiagram-v2``; steps of one arrow share its label."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for step in process.steps.values():
        for source in [state for state in process.states if state in step.sources]:
            if step.target is not None:
                arrows.setdefault((source, step.target), []).append(say_name(step.name))
    lines = ["stateDiagram-v2"]
    # bare names such as `state` or `end` are words of Mermaid itself
    lines += [f'    state "{say_name(name)}" as s_{name}' for name in process.states]
    lines.append(f"    [*] --> s_{process.begins}")
    lines += [
        f"    s_{source} --> s_{target}: {', '.join(steps)}"
        for (source, target), steps in arrows.items()
    ]
    lines += [f"    s_{name} --> [*]" for name, state in process.states.items() if state.ends]
    return "\n".join(lines)
