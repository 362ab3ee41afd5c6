"""What was imported is served by the screens at once; where it cannot be, that is noted."""

from pathlib import Path

import pytest
from tests.command.imports.factories import PORTED, SPARED, handed_in
from tests.command.people import World

from fanzha.claims.contents_builder import ContentsBuilder
from fanzha.command.imports.list_publisher import publish_lists
from fanzha.command.imports.services import approve
from fanzha.command.web.roles import Role
from fanzha.store.snapshots import BaseRequired, SnapshotStore


def test_screens_know_at_once(world: World, home: Path) -> None:
    store = SnapshotStore()
    store.publish_base(ContentsBuilder().build(), at=1)
    before = store.current()
    assert handed_in(world, "portability", PORTED).note_en == ""
    assert store.current() != before
    before = store.current()
    approve(handed_in(world, "spared", SPARED), world.person("carrier", Role.REVIEWER))
    assert store.current() != before


def test_what_cannot_be_published_is_noted(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    def refuse(*_: object, **__: object) -> int:
        raise BaseRequired("too much has changed", fix="")

    monkeypatch.setattr("fanzha.command.imports.list_publisher.publish_state_lists", refuse)
    noted = publish_lists()
    assert noted is not None and "too much has changed" in noted.en and "fanzha snapshot build" in noted.zh
