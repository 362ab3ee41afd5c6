"""A build publishes a base or only what differs, and confirms what is served where nothing does."""

from pathlib import Path

import pytest
from tests.claims.snapshots import AT

from fanzha.base.errors import UsageError
from fanzha.claims.verdict import Level
from fanzha.screen.mapped_snapshot import MappedSnapshot
from fanzha.store.snapshot_build import build_base, build_delta
from fanzha.store.snapshot_inputs import SnapshotInputs
from fanzha.store.snapshots import SnapshotStore
from fanzha.store.verdict_settings import VerdictSettings

ONE, OTHER = "+8617000000001", "+8617000000002"
HEADER = "organisation,subject,level,given_at\n"
SETTINGS = VerdictSettings()


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path / "home"))


def inputs(tmp_path: Path, *numbers: str, only: str = "") -> SnapshotInputs:
    path = tmp_path / "opinions.csv"
    path.write_text(HEADER + "".join(f"a made-up bank,{one},suspected,2026-01-01\n" for one in numbers), "utf-8")
    return SnapshotInputs(opinions=(path,), only=[("phone_number", only)] if only else [])


def levels(*numbers: str) -> list[Level | None]:
    state = SnapshotStore().state()
    assert state is not None
    mapped = MappedSnapshot(state.base, state.deltas)
    return [entry.level if (entry := mapped.number(one)) else None for one in numbers]


def test_a_delta_makes_what_is_served_into_what_is_known_now(tmp_path: Path) -> None:
    store = SnapshotStore()
    with pytest.raises(UsageError, match="no base"):
        build_delta(store, inputs(tmp_path, ONE), SETTINGS, AT)
    build_base(store, inputs(tmp_path, ONE), SETTINGS, AT)
    assert levels(ONE, OTHER) == [Level.WATCH, None]
    outcome = build_delta(store, inputs(tmp_path, OTHER), SETTINGS, AT + 1)
    assert levels(ONE, OTHER) == [None, Level.WATCH]
    assert outcome.published is not None and outcome.published.difference.removed == 1


def test_where_nothing_differs_what_is_served_is_confirmed(tmp_path: Path) -> None:
    store = SnapshotStore()
    build_base(store, inputs(tmp_path, ONE), SETTINGS, AT)
    outcome = build_delta(store, inputs(tmp_path, ONE), SETTINGS, AT + 1)
    assert outcome.published is None and (outcome.current.sequence, outcome.current.confirmed_at) == (1, AT + 1)


def test_one_subject_is_renewed_and_the_others_are_left_alone(tmp_path: Path) -> None:
    store = SnapshotStore()
    build_base(store, inputs(tmp_path, ONE, OTHER), SETTINGS, AT)
    build_delta(store, inputs(tmp_path, only=ONE), SETTINGS, AT)
    assert levels(ONE, OTHER) == [None, Level.WATCH]
