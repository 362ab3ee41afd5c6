"""The newest anchor is time-stamped over HTTP; without an answer the log goes on and the request is repeated."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from tests.command.audit.anchored import files
from tests.command.audit.authority import Authority, AuthorityServer
from tests.command.audit.records import record

from fanzha.command.audit.anchors import anchor_and_copy
from fanzha.command.audit.models import AnchorTimestamp, LogAnchor
from fanzha.command.audit.timestamp_requests import stamp_newest_anchor
from fanzha.command.audit.verification import verify_and_store

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("socket_enabled")]


@pytest.fixture
def served(tmp_path: Path, home: Path) -> Iterator[tuple[AuthorityServer, Path]]:
    """An authority, and settings that name it and a folder outside."""
    authority, folder = Authority(tmp_path / "tsa"), tmp_path / "outside"
    folder.mkdir()
    with AuthorityServer(authority.respond) as server:
        (home / "fanzha.toml").write_text(
            f'[site]\nanchors = ["{folder}"]\n[site.timestamps]\nurl = "{server.url}"\n'
            f'ca_file = "{authority.ca_file}"\nis_internal = true\n'
        )
        yield server, folder


def anchored() -> None:
    record(2)
    anchor_and_copy(timezone.now())


def test_the_newest_anchor_is_stamped_once_and_the_stamp_lies_beside_it(served: tuple[AuthorityServer, Path]) -> None:
    server, folder = served
    now = timezone.now()
    anchored()
    stamp_newest_anchor(now)
    stamp_newest_anchor(now)
    row = AnchorTimestamp.objects.get()
    assert row.stamped_at is not None and len(server.requests) == 1
    assert server.requests[0][0] == "application/timestamp-query"
    (anchor,) = files(folder)
    assert anchor.with_suffix(".tsr").read_bytes() == bytes(row.response)
    anchored()
    stamp_newest_anchor(now + timedelta(minutes=5))
    assert len(server.requests) == 1
    stamp_newest_anchor(now + timedelta(minutes=11))
    assert AnchorTimestamp.objects.exclude(stamped_at=None).count() == 2


def test_without_an_answer_the_anchor_goes_on_and_the_request_is_counted_and_repeated(
    served: tuple[AuthorityServer, Path],
) -> None:
    server, _folder = served
    working, server.answer = server.answer, lambda _request: b"no"
    now = timezone.now()
    anchored()
    stamp_newest_anchor(now)
    stamp_newest_anchor(now + timedelta(seconds=30))
    row = AnchorTimestamp.objects.get()
    assert (row.attempts, row.stamped_at, len(server.requests)) == (1, None, 1) and row.problem
    stamp_newest_anchor(now + timedelta(minutes=2))
    assert AnchorTimestamp.objects.get().attempts == 2
    assert LogAnchor.objects.count() == 1
    _check, result = verify_and_store()
    failed = [item for item in result.unchecked if "that failed and are repeated" in item.reason.en]
    assert [item.quantity for item in failed] == [2]
    server.answer = working
    stamp_newest_anchor(now + timedelta(hours=2))
    assert AnchorTimestamp.objects.get().stamped_at is not None


def test_an_answer_to_another_request_is_not_stored(served: tuple[AuthorityServer, Path]) -> None:
    server, _folder = served
    anchored()
    working, earlier = server.answer, []

    def replay(request: bytes) -> bytes:
        earlier.append(working(request))
        return earlier[0]

    server.answer = replay
    now = timezone.now()
    stamp_newest_anchor(now)
    assert AnchorTimestamp.objects.filter(stamped_at__isnull=False).count() == 1
    anchored()
    stamp_newest_anchor(now + timedelta(minutes=11))
    assert AnchorTimestamp.objects.get(stamped_at=None).problem


def test_a_private_address_needs_the_setting(served: tuple[AuthorityServer, Path], home: Path) -> None:
    server, _folder = served
    settings = home / "fanzha.toml"
    settings.write_text(settings.read_text().replace("is_internal = true", "is_internal = false"))
    anchored()
    stamp_newest_anchor(timezone.now())
    assert "[site.timestamps] is_internal" in AnchorTimestamp.objects.get().problem and server.requests == []


def test_nothing_is_requested_without_the_setting(db: None, home: Path) -> None:
    record(1)
    stamp_newest_anchor(timezone.now())
    assert not AnchorTimestamp.objects.exists()
