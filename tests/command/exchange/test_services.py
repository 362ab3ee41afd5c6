"""Collections are made and given to named organisations for a purpose; each act is on record."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.command.exchange.exchange_world import TITLE, collection_of, let_read
from tests.command.people import World

from fanzha.base.marking import Marking
from fanzha.base.words import Words
from fanzha.claims.verdict import Level
from fanzha.command.audit.models import LogEntry
from fanzha.command.exchange.models import Collection, CollectionReader, GivenCount
from fanzha.command.exchange.selectors import find_collections
from fanzha.command.exchange.services import (
    CollectionDraft,
    end_grant,
    grant_reader,
    log_given,
    make_collection,
    retire_collection,
)
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


@pytest.mark.parametrize(
    "draft",
    [
        CollectionDraft(Words("", "x")),
        CollectionDraft(TITLE, ceiling=Marking.RED),
        CollectionDraft(TITLE, ceiling=Marking.AMBER_STRICT, is_abroad=True),
        CollectionDraft(TITLE, kinds=["person"]),
        CollectionDraft(TITLE, level=Level.CLEAR),
    ],
)
def test_a_wrong_collection_is_refused(world: World, draft: CollectionDraft) -> None:
    with pytest.raises(Refusal):
        make_collection(draft, world.viewer("centre", Role.LIAISON))


def test_a_reader_is_named_once_with_a_purpose_and_in_the_country(world: World) -> None:
    collection, viewer = collection_of(world), world.viewer("centre", Role.LIAISON)
    for reader, purpose, country in (("carrier", "x", ""), ("centre", "for tests", ""), ("carrier", "for tests", "SG")):
        with pytest.raises(Refusal):
            grant_reader(collection, world[reader], purpose, viewer, country=country)
    with pytest.raises(Refusal):
        grant_reader(collection, world["bank"], "for tests", world.viewer("carrier", Role.LIAISON))
    let_read(world, collection)
    with pytest.raises(Refusal):
        let_read(world, collection)
    assert len(find_collections(world["carrier"].pk)) == 1
    with unscoped("test"):
        end_grant(CollectionReader.objects.get(), viewer)
        assert LogEntry.objects.filter(kind__startswith="collection_").count() == 3
    assert find_collections(world["carrier"].pk) == []


def test_a_retired_collection_is_read_by_nobody(world: World) -> None:
    collection = collection_of(world)
    let_read(world, collection)
    retire_collection(collection, world.viewer("centre", Role.LIAISON))
    assert find_collections(world["carrier"].pk) == find_collections(world["centre"].pk) == []
    with pytest.raises(Refusal):
        retire_collection(collection, world.viewer("centre", Role.LIAISON))


def test_what_was_given_is_put_on_record_once_the_hour_is_over(world: World) -> None:
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    given = {"collection": collection_of(world), "receiver": world["carrier"], "requests": 3, "objects_given": 40}
    with unscoped("test"):
        GivenCount.objects.create(**given, hour=hour - timedelta(hours=1))
        GivenCount.objects.create(**given, hour=hour)
        assert [log_given(timezone.now()) for _ in range(2)] == [1, 0]
        assert LogEntry.objects.filter(kind="objects_given").count() == 1
        assert Collection.objects.count() == 1
