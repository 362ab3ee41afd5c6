"""Lists go out by themselves where they differ, and only then."""

from pathlib import Path

import pytest

from fanzha.claims.allowlist import AllowlistEntry, OriginKind
from fanzha.claims.contents_builder import ContentsBuilder
from fanzha.store.list_publishing import publish_state_lists
from fanzha.store.snapshots import Snapshots
from fanzha.store.spared import write_approved
from fanzha.store.verdict_settings import VerdictSettings


def test_a_list_that_differs_is_published_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    store, settings = Snapshots(), VerdictSettings()
    assert publish_state_lists(store, settings, 1) == 0
    store.publish_base(ContentsBuilder().build(), at=1)
    publish_state_lists(store, settings, 2)
    write_approved([AllowlistEntry("+8617000001234", OriginKind.TRUNK, "LL-08", "a school", "letter 3")])
    assert publish_state_lists(store, settings, 3) == 1
    before = store.current()
    assert publish_state_lists(store, settings, 4) == 0 and store.current() == before
