"""Evidence that nobody can use is refused before anything is charged."""

import pytest
from tests.command.captures.looks_made import seen
from tests.command.people import World

from fanzha.command.audit.models import LogEntry
from fanzha.command.captures import evidence_disclosure
from fanzha.command.captures.evidence_disclosure import disclose_pack, disclose_screenshots
from fanzha.command.captures.selectors import load_evidence
from fanzha.command.captures.services import remove_evidence
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.refusal import Refusal
from fanzha.store.look_queue import evidence_folder

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def charges() -> int:
    with unscoped("test"):
        return LogEntry.objects.filter(kind="values_disclosed").count()


def test_a_damaged_screenshot_is_no_screenshot(world: World) -> None:
    capture = seen(world["carrier"])
    record = load_evidence(capture)
    assert record is not None
    (evidence_folder(capture.ref) / "phone.png").write_bytes(b"no picture")
    with pytest.raises(Refusal, match="gone"):
        disclose_screenshots(world.viewer("carrier", Role.ANALYST), capture, record, "judge the page")
    assert charges() == 0


def test_evidence_that_is_too_large_stays(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    capture = seen(world["carrier"])
    monkeypatch.setattr(evidence_disclosure, "MOST_PACK_BYTES", 10)
    with pytest.raises(Refusal, match="60 MB"):
        disclose_pack(world.viewer("carrier", Role.ANALYST), capture, "case file")
    assert charges() == 0


def test_evidence_whose_time_ended_is_gone_and_not_charged(world: World) -> None:
    capture = seen(world["carrier"])
    remove_evidence([capture.ref])
    with pytest.raises(Refusal, match="gone"):
        disclose_pack(world.viewer("carrier", Role.ANALYST), capture, "case file")
    assert charges() == 0
    other = seen(world["carrier"])
    with disclose_pack(world.viewer("carrier", Role.ANALYST), other, "case file") as pack:
        assert pack.read(2) == b"PK" and charges() == 1
