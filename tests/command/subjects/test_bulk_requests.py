"""Lines that say the same are given together, and each line has its own answer."""

import json

import msgspec
import pytest
from django.test import RequestFactory
from django.utils import timezone
from tests.command.people import World
from tests.findings import finding

from fanzha.base.errors import Malformed
from fanzha.command.audit.models import LogEntry
from fanzha.command.subjects.bulk_requests import (
    get_or_create_value_subject,
    give_opinions_in_bulk,
    submit_findings_in_bulk,
)
from fanzha.command.subjects.ingest.spool import spool_folder
from fanzha.command.subjects.models import OpinionRow
from fanzha.command.web.api import Problem
from fanzha.command.web.roles import Role

pytestmark = pytest.mark.django_db


def test_every_line_is_used_or_told_why_not(world: World) -> None:
    told = [
        {"kind": "phone_number", "value": f"1700000{n:04d}", "level": "suspected" if n % 2 else "watch"}
        for n in range(20)
    ]
    told += [{"kind": "phone_number", "value": "17000000001", "level": "suspected"}, {"kind": "x", "value": "1"}]
    body = "\n".join(map(json.dumps, told))
    request = RequestFactory().post("/", body, content_type="application/x-ndjson")
    answer = give_opinions_in_bulk(request, world.viewer("carrier", Role.ANALYST), timezone.now())
    assert (answer.used, answer.rejected, len(answer.lines)) == (21, 1, 22)
    assert answer.lines[1].ref == answer.lines[20].ref != ""
    assert OpinionRow._base_manager.count() == LogEntry._base_manager.filter(kind="opinion").count() == 20


def test_a_value_that_is_none_of_its_kind_makes_no_subject(world: World) -> None:
    with pytest.raises(Malformed):
        get_or_create_value_subject("phone_number", "not a number", timezone.now())


pytestmark = pytest.mark.django_db


def test_what_cannot_be_used_never_reaches_the_spool(world: World) -> None:
    good = msgspec.json.encode(finding(subject="T-1"))
    wrong = msgspec.json.encode(finding(owner_organisation=world["bank"].ref))
    request = RequestFactory().post("/", good + b"\n\n" + wrong + b"\n{", content_type="application/x-ndjson")
    answer = submit_findings_in_bulk(request, world["carrier"], timezone.now())
    assert [(one.line, one.used) for one in answer.lines] == [(1, True), (3, False), (4, False)]
    (file,) = (spool_folder() / world["carrier"].ref).glob("*.jsonl")
    assert file.read_bytes() == good + b"\n"
    file.unlink()


def test_another_type_of_body_is_refused(world: World) -> None:
    request = RequestFactory().post("/", b"{}", content_type="application/json")
    with pytest.raises(Problem):
        submit_findings_in_bulk(request, world["carrier"], timezone.now())
