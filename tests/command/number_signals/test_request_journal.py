"""Questions are written before they are answered and stored once; who learns too much is paused."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from tests.command.number_signals.bank_world import bank, basis
from tests.command.people import World

from fanzha.base.clock import to_ms
from fanzha.command.audit.models import LogEntry
from fanzha.command.number_signals.models import SignalBasis, SignalRequest
from fanzha.command.number_signals.request_journal import JournalLine, append_line, hash_number, store_journals
from fanzha.command.organizations.models import ApiKey

AT = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)


def ask(world: World, key: ApiKey, numbers: int, ref: str = "B") -> None:
    for number in range(numbers):
        append_line(
            JournalLine(
                at=to_ms(AT) + number,
                key=key.pk,
                client=world["bank"].pk,
                owner=world["carrier"].pk,
                basis=ref,
                service="sim-swap",
                purpose="dpv:FraudPreventionAndDetection",
                number_hash=hash_number(f"+861700000{number:04d}"),
                status=200,
            )
        )


def test_lines_are_stored_once_they_are_complete(world: World, home: Path) -> None:
    ask(world, bank(world).key, 3)
    assert store_journals(AT + timedelta(minutes=1)).stored == 0
    assert store_journals(AT + timedelta(minutes=5)) == (3, 0)
    assert store_journals(AT + timedelta(minutes=6)) == (0, 0)
    rows = SignalRequest._base_manager.all()
    assert rows.count() == 3 and rows.filter(number_hash=hash_number("+8617000000001")).count() == 1
    entry = LogEntry._base_manager.get(kind="number_signals_asked")
    facts = msgspec.json.decode(entry.facts)
    assert (facts["questions"], facts["numbers"], facts["answers"]) == (3, 3, {"200": 3})
    assert "+861700000" not in entry.facts and entry.about == world["carrier"].ref


def test_a_file_of_a_run_that_was_killed_is_not_stored_twice(world: World, home: Path) -> None:
    ask(world, bank(world).key, 2)
    folder = home / "journals" / "number_signals"
    (path,) = folder.iterdir()
    taken = path.rename(path.with_suffix(".ab12ab12ab12"))
    lines = taken.read_bytes()
    assert store_journals(AT + timedelta(minutes=5)).stored == 2
    taken.write_bytes(lines)  # it was stored, and the run was killed before it was deleted
    assert store_journals(AT + timedelta(minutes=5)).stored == 0
    assert SignalRequest._base_manager.count() == 2 and not taken.exists()


def test_a_line_that_was_cut_off_stops_nothing(world: World, home: Path, caplog: pytest.LogCaptureFixture) -> None:
    key = bank(world).key
    ask(world, key, 1)
    (path,) = (home / "journals" / "number_signals").iterdir()
    path.write_bytes(path.read_bytes() + b'\n{"at": 1')
    ask(world, key, 2)
    assert store_journals(AT + timedelta(minutes=5)).stored == 3
    assert "1 lines" in caplog.text and (path.parent / "rejected").read_bytes() == b'{"at": 1\n'


def test_a_bank_that_learns_too_much_is_paused(world: World, home: Path) -> None:
    (home / "fanzha.toml").write_text("[disclosure]\nsignals_per_hour = 2\n")
    made = basis(world)
    ask(world, bank(world).key, 3, made.ref)
    assert store_journals(AT + timedelta(minutes=5)) == (3, 1)
    assert SignalBasis._base_manager.get().paused_until is not None
    assert LogEntry._base_manager.filter(kind="signal_bases_paused").count() == 1
