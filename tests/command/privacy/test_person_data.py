"""A person is given what the organisation that was asked holds on him, and nothing of others or of how it was found."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.privacy.requests_made import received
from tests.command.subjects.factories import NUMBER, finding_row, subject

from fanzha.command.organizations.models import Membership
from fanzha.command.privacy.person_data import (
    PersonIdentity,
    build_json,
    build_text,
    collect,
    describe,
    identify,
    person_rows,
    personal_tables,
)
from fanzha.command.privacy.retention_classes import table_retentions
from fanzha.command.subjects.finding_codec import FindingTexts, pack
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped

NOW = timezone.now()
TEXTS = FindingTexts(("一小时 31 通",), ("31 calls in an hour",), public_zh="疑似异常", public_en="looks unusual")


@pytest.fixture(autouse=True)
def all_rows() -> Iterator[None]:
    with unscoped("test"):
        yield


def counts(identity: PersonIdentity) -> dict[str, int]:
    return {item.table.label: item.total for item in collect(identity)}


def test_rows_of_the_person_at_the_organisation_are_found_and_no_others(world: World) -> None:
    finding_row(world["carrier"], packed=pack(TEXTS))
    finding_row(world["other_carrier"])
    finding_row(world["carrier"], subject("+8617000009999"))
    found = counts(identify(received(world), NOW))
    assert found["subjects.FindingRow"] == found["subjects.Subject"] == 1
    assert "flows.ProcessInstance" not in found, "the request itself is left out"


def test_several_numbers_are_searched_together(world: World) -> None:
    for number in (NUMBER, "+8617000009999"):
        finding_row(world["carrier"], subject(number))
    assert counts(identify(received(world, numbers=(NUMBER, "+8617000009999")), NOW))["subjects.FindingRow"] == 2


def test_a_report_tells_facts_and_public_words_and_no_reasons_of_investigators(world: World) -> None:
    finding_row(world["carrier"], packed=pack(TEXTS))
    identity = identify(received(world), NOW)
    data = list(collect(identity))
    report = json.loads(build_json(identity, data, NOW))
    (findings,) = (table for table in report["tables"] if table["table"] == "subjects.FindingRow")
    assert findings["rows"][0]["detail.public_zh"] == "疑似异常" and findings["count"] == 1
    text = build_text(identity, data, NOW).decode()
    assert "looks unusual" in text and NUMBER in text and identity.request in text
    for written in (text, json.dumps(report, ensure_ascii=False)):
        assert "31 calls" not in written and "一小时 31 通" not in written and "made-up" not in written


def test_an_account_is_found_by_its_address_only_in_its_organisation(world: World) -> None:
    own, other = world.person("carrier", Role.ANALYST), world.person("other_carrier", Role.ANALYST)
    found = counts(identify(received(world, mail=own.email.upper()), NOW))
    assert found["organizations.Person"] == found["organizations.Membership"] == 1
    assert "organizations.Person" not in counts(identify(received(world, mail=other.email), NOW))


def test_the_account_of_a_former_member_is_told_by_the_organisation_that_the_person_joined(world: World) -> None:
    person = world.person("carrier", Role.ANALYST)
    Membership.objects.filter(person=person).update(until=NOW - timedelta(days=1))
    mail = person.email
    found = counts(identify(received(world, mail=mail), NOW))
    assert found["organizations.Person"] == found["organizations.Membership"] == 1
    Membership.objects.create(
        person=person, organization=world["other_carrier"], role=Role.ANALYST, since=NOW - timedelta(hours=1)
    )
    found = counts(identify(received(world, mail=mail), NOW))
    assert found["organizations.Membership"] == 1
    assert "organizations.Person" not in found


def test_the_handler_reads_a_count_for_each_table(world: World) -> None:
    finding_row(world["carrier"])
    lines = [describe(item) for item in collect(identify(received(world), NOW))]
    assert "线索：1 条 · Findings: 1" in lines


def test_every_table_with_data_on_persons_is_searched(world: World) -> None:
    identity = identify(received(world), NOW + timedelta(days=1))
    for table in personal_tables():
        person_rows(table, identity).count()
    labels = {table.label for table in personal_tables()}
    assert {"subjects.FindingRow", "flows.SubjectNotice", "imports.SparedRow", "organizations.Person"} <= labels
    assert labels < table_retentions().keys()
