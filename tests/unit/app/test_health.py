"""Health: what waits for a person is no sign of illness."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from comity.app.health import OVERDUE_SECONDS, _work
from comity.service.notices import note
from comity.storage.memory import MemoryStore
from tests.nodes import Desk, make_desk


class SilentMailer:
    def send(self, to: str, subject: str, text: str) -> None:
        raise NotImplementedError


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = make_desk(MemoryStore(), tmp_path)
    with made.node.store.unit() as unit:
        note(made.node, unit, "step-arrived", "routine")
    made.clock.forward(f"PT{OVERDUE_SECONDS // 60 + 1}M")
    return made


def test_a_notice_that_nobody_can_mail_leaves_the_node_well(desk: Desk) -> None:
    is_well, _ = _work(desk.node, desk.clock.now())
    assert is_well


def test_a_notice_that_is_not_mailed_though_it_could_be_is_told(desk: Desk) -> None:
    node = replace(desk.node, mailer=SilentMailer())
    is_well, _ = _work(node, desk.clock.now())
    assert not is_well
