"""An added object is refused with the reason if it is no object, is too strict, or is too large."""

from typing import Any

import pytest
from django.utils import timezone
from tests.command.exchange.exchange_world import collection_of
from tests.command.people import World

from fanzha.base.marking import Marking
from fanzha.command.exchange.additions import add_received, to_taxii
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
        ({"object_marking_refs": [MARKING_IDS[Marking.RED]]}, "RED"),
        ({"object_marking_refs": [MARKING_IDS[Marking.AMBER_STRICT]]}, "stricter"),
        ({"name": "x" * 300_000}, "bytes"),
    ],
)
def test_the_reason_of_a_refusal_is_stated(world: World, change: dict[str, Any], word: str) -> None:
    status = add_received(collection_of(world), [GOOD | change, GOOD], world["carrier"], "", timezone.now())
    told = to_taxii(status)
    assert (told["total_count"], told["success_count"]) == (2, 1) and word in told["failures"][0]["message"]
