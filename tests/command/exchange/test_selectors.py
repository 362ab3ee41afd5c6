"""The owner sees how much is in a collection, who reads it, what was given, and what was withheld."""

import pytest
from django.utils import timezone
from django.utils.translation import override
from tests.command.exchange.exchange_world import collection_of, decide, let_read, program
from tests.command.people import World

from fanzha.base.marking import Marking
from fanzha.claims.verdict import Level
from fanzha.command.exchange.publication import share_pending
from fanzha.command.exchange.selectors import summarize_collection
from fanzha.command.subjects.services import OpinionDraft
from fanzha.command.web.scoping import scoped_to

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_a_collection_is_summarized(world: World) -> None:
    collection = collection_of(world)
    let_read(world, collection)
    decide(world, "login.example.com")
    decide(world, "red.example.com", draft=OpinionDraft(Level.SUSPECTED, score=1.0, marking=Marking.RED))
    share_pending(timezone.now())
    program(world).get(f"collections/{collection.taxii_id}/objects/")
    with scoped_to(world.viewer("centre")), override("en"):
        summary = summarize_collection(collection)
    assert summary.objects == summary.given[0].objects > 1 and summary.revoked == summary.pending == 0
    assert [reader.reader for reader in summary.readers] == [world["carrier"]]
    assert summary.withheld == [("TLP:RED never leaves", 1)]
