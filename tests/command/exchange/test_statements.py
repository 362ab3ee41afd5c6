"""What an organisation states: its own verdicts of a collection's kinds and level, under keys that never come back."""

from dataclasses import replace

import pytest
from django.utils import timezone
from tests.command.exchange.exchange_world import SUSPECTED, collection_of, decide
from tests.command.people import World
from tests.share.shared_items import KEY, SOURCE

from fanzha.claims.verdict import Level
from fanzha.command.exchange.object_store import LastVersion
from fanzha.command.exchange.statements import Batch, ObjectNames, find_campaign_facts, find_statements, verdict_key
from fanzha.command.subjects.selectors import select_verdict_facts
from fanzha.share.stix import StixWriter

WRITER = StixWriter(SOURCE, KEY)


def test_a_revoked_object_gets_a_new_name_and_others_keep_theirs() -> None:
    stix_id = WRITER.indicator_id("k")
    standing = {stix_id: ("about", LastVersion(1, 1, {"revoked": False}, 1))}
    revoked = {stix_id: ("about", LastVersion(1, 1, {"revoked": True}, 1))}
    assert ObjectNames(WRITER, {}).verdict("k") == ObjectNames(WRITER, standing).verdict("k") == "k"
    assert ObjectNames(WRITER, revoked).verdict("k") == "k#2"
    assert not ObjectNames(WRITER, standing).is_shared("k")


def test_the_scope_is_part_of_the_key() -> None:
    assert verdict_key("a", ("voice",)) != verdict_key("a", ("sms",)) != verdict_key("b", ("sms",))


@pytest.mark.django_db
@pytest.mark.usefixtures("home")
def test_verdicts_of_the_kinds_and_level_are_stated(world: World) -> None:
    site = decide(world, "a.example.com")
    number = decide(world, "+8617000000001", "phone_number")
    watched = decide(world, "b.example.com", draft=replace(SUSPECTED, level=Level.WATCH))
    collection = collection_of(world, kinds=["website"])
    rows = {row.pk: row.identity for row in (site, number, watched)}
    owner = world["centre"].pk
    batch = Batch(rows, select_verdict_facts(owner, list(rows)), find_campaign_facts(owner, list(rows)))
    found = find_statements(collection, batch, ObjectNames(WRITER, {}), timezone.now())
    assert [verdict.subject for verdict in found.verdicts] == ["a.example.com"] and not found.campaigns
