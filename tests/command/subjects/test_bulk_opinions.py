"""Lines that say the same are given together, and each line has its own answer."""

import json

import pytest
from django.test import RequestFactory
from django.utils import timezone
from tests.command.people import World

from fanzha.base.errors import Malformed
from fanzha.command.audit.models import LogEntry
from fanzha.command.subjects.bulk_opinions import opinions_of_lines, subject_of
from fanzha.command.subjects.models import OpinionRow
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
    answer = opinions_of_lines(request, world.viewer("carrier", Role.ANALYST), timezone.now())
    assert (answer.used, answer.rejected, len(answer.lines)) == (21, 1, 22)
    assert answer.lines[1].ref == answer.lines[20].ref != ""
    assert OpinionRow._base_manager.count() == LogEntry._base_manager.filter(kind="opinion").count() == 20


def test_a_value_that_is_none_of_its_kind_makes_no_subject(world: World) -> None:
    with pytest.raises(Malformed):
        subject_of("phone_number", "not a number", timezone.now())
