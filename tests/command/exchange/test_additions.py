"""An added object is refused with the reason if it is no object, is too strict, or is too large."""

from typing import Any

import pytest
from django.utils import timezone
from tests.command.exchange.exchange_world import collection_of
from tests.command.people import World

from fanzha.base.marking import Marking
from fanzha.command.exchange.additions import add_received, to_taxii
from fanzha.command.exchange.models import SharedObject
from fanzha.command.exchange.services import grant_reader
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.refusal import Refusal
from fanzha.share.stix.markings import MARKING_IDS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]

GOOD: dict[str, Any] = {
    "type": "indicator",
    "id": "indicator--3b1c1d1e-1111-4222-8333-444444444444",
    "modified": "2026-11-02T08:00:00Z",
}


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"id": "malware--1"}, "two hyphens"),
        ({"spec_version": "2.0"}, "2.1"),
        ({"modified": "now"}, "timestamps"),
        ({"modified": "9999-12-31T23:59:59Z"}, "future"),
        ({"modified": "1980-01-01T00:00:00Z"}, "long ago"),
        ({"object_marking_refs": [MARKING_IDS[Marking.RED]]}, "RED"),
        ({"object_marking_refs": [MARKING_IDS[Marking.AMBER_STRICT]]}, "stricter"),
        ({"name": "x" * 300_000}, "bytes"),
    ],
)
def test_the_reason_of_a_refusal_is_stated(world: World, change: dict[str, Any], word: str) -> None:
    status = add_received(collection_of(world), [GOOD | change, GOOD], world["carrier"], "", timezone.now())
    told = to_taxii(status)
    assert (told["total_count"], told["success_count"]) == (2, 1) and word in told["failures"][0]["message"]


def test_nobody_replaces_or_revokes_the_object_of_another_organisation(world: World) -> None:
    collection, now = collection_of(world), timezone.now()
    add_received(collection, [GOOD], world["bank"], "", now)
    later = GOOD | {"modified": "2026-11-03T08:00:00Z", "revoked": True}
    status = add_received(collection, [later], world["carrier"], "", now)
    assert status.successes == [] and "another organisation" in status.failures[0]["message"]
    assert add_received(collection, [GOOD], world["carrier"], "", now).failures == []
    with unscoped("test"):
        assert list(SharedObject.objects.values_list("source", "is_revoked", "is_last")) == [
            (world["bank"].pk, False, True)
        ]


def test_nobody_at_home_adds_to_a_collection_for_another_country(world: World) -> None:
    collection, viewer = collection_of(world, is_abroad=True), world.viewer("centre", Role.LIAISON)
    with pytest.raises(Refusal) as refused:
        grant_reader(collection, world["carrier"], "for tests", viewer, may_add=True)
    assert "may_add" in refused.value.fields
    grant_reader(collection, world["carrier"], "for tests", viewer)
    grant_reader(collection, world["partner"], "for tests", viewer, country="SG", may_add=True)
    added = [
        add_received(collection, [GOOD], world[name], "", timezone.now()).successes for name in ("carrier", "partner")
    ]
    assert [len(successes) for successes in added] == [0, 1]
