"""What a system hands over is checked line by line, and only what is its organisation's own goes to the spool."""

import msgspec
import pytest
from django.test import RequestFactory
from django.utils import timezone
from tests.command.people import World
from tests.findings import finding

from fanzha.command.subjects.handing_over import hand_over_lines
from fanzha.command.subjects.spool import spool_folder
from fanzha.command.web.api import Problem

pytestmark = pytest.mark.django_db


def test_what_cannot_be_used_never_reaches_the_spool(world: World) -> None:
    good = msgspec.json.encode(finding(subject="T-1"))
    wrong = msgspec.json.encode(finding(owner_organisation=world["bank"].ref))
    request = RequestFactory().post("/", good + b"\n\n" + wrong + b"\n{", content_type="application/x-ndjson")
    answer = hand_over_lines(request, world["carrier"], timezone.now())
    assert [(one.line, one.used) for one in answer.lines] == [(1, True), (3, False), (4, False)]
    (file,) = (spool_folder() / world["carrier"].ref).glob("*.jsonl")
    assert file.read_bytes() == good + b"\n"
    file.unlink()


def test_another_type_of_body_is_refused(world: World) -> None:
    request = RequestFactory().post("/", b"{}", content_type="application/json")
    with pytest.raises(Problem):
        hand_over_lines(request, world["carrier"], timezone.now())
