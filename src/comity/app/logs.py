"""Logs: one JSON object to a line, on standard error; never content, names or addresses.

Our own lines say what happened (``event``), in which part of which node, with identifiers,
codes, counts and durations: fields on a closed list, each of them short. Whatever else is
handed in is dropped, so that no later line can tell more than was decided here. Of the
libraries' own lines only who spoke and how loudly is kept, and of an exception its type and
the places in the code: their words may hold what others sent.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any, Final

import structlog

from comity.app.settings import Settings

FIELDS: Final = frozenset(
    {
        *("event", "level", "at", "part", "state", "authority", "pid", "version"),
        *("code", "status", "method", "route", "milliseconds", "count", "seconds"),
        *("dossier", "job", "kind", "message", "transfer", "finding", "order", "package"),
        *("peer", "child", "exit", "attempts", "listens", "error", "where", "logger", "lines"),
    }
)
_LONGEST: Final = 300
_FRAMES: Final = 12
Line = MutableMapping[str, Any]


def begin_logs(part: str, settings: Settings | None = None) -> None:
    """Let this process log as ``part`` of the node with these settings."""
    whose = {"state": settings.state, "authority": settings.authority} if settings else {}
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%Y-%m-%dT%H:%M:%S.%fZ", utc=True, key="at"),
            lambda _logger, _name, line: {**whose, "part": part, **line},
            keep_allowed,
            structlog.processors.JSONRenderer(ensure_ascii=False, sort_keys=True),
        ],
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LibraryFormatter(part))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


def say(event: str, **fields: object) -> None:
    """Log one line at the level of information; in a process that does not log, nothing."""
    if structlog.is_configured():
        structlog.get_logger().info(event, **fields)


def warn(event: str, **fields: object) -> None:
    """Log one line that somebody should look at."""
    if structlog.is_configured():
        structlog.get_logger().warning(event, **fields)


def keep_allowed(_logger: object, _name: str, line: Line) -> Line:
    """Drop every field that is not on the list, and cut what is long."""
    return {name: _cut(value) for name, value in line.items() if name in FIELDS}


class LibraryFormatter(logging.Formatter):
    """Writes a line of a library's: who, how loudly, and where in the code; not its words."""

    def __init__(self, part: str = "") -> None:
        """Write as ``part`` of the node."""
        super().__init__()
        self._part = part

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, object] = {
            "event": "library",
            "part": self._part,
            "logger": record.name,
            "level": record.levelname.lower(),
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%SZ"),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line |= exception_fields(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, sort_keys=True)


def exception_fields(error: BaseException) -> dict[str, object]:
    """Return what may be told of an exception: its type, and the places it came through."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    places = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames]
    return {"error": type(error).__name__, "lines": places}


def _cut(value: object) -> object:
    if isinstance(value, bool | int | float) or value is None:
        return value
    if isinstance(value, list | tuple):
        return [_cut(one) for one in value[:_FRAMES]]
    return str(value)[:_LONGEST]
