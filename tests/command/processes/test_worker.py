"""One turn of the worker lets deadlines pass and carries out; the worker stops when it is told to."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.processes.orders_made import drafted

from fanzha.command.processes import worker
from fanzha.command.processes.models import Notification
from fanzha.command.web.scoping import unscoped


def test_a_turn_takes_a_late_draft_to_its_desk(world: World) -> None:
    drafted(world, timezone.now() - timedelta(minutes=11))
    assert worker.run_once() == 2  # the deadline passed, and the desk was told
    with unscoped("test"):
        assert Notification.objects.count() == 1
    assert worker.run_once() == 0


def test_wrong_settings_end_no_worker(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    drafted(world, timezone.now() - timedelta(minutes=11))
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    (tmp_path / "fanzha.toml").write_text('[processes.deadlines]\n"order.nothing" = "1h"\n', "utf-8")
    assert worker.run_once() == 2
    assert "there is no deadline order.nothing" in caplog.text


def test_the_worker_stops_when_it_is_told_to(db: None) -> None:
    stop = threading.Event()
    stop.set()
    worker.run_forever(stop)
