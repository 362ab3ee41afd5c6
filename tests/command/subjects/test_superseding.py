"""A later version replaces what the one before said of the same event, in whatever order they came."""

from itertools import permutations

import pytest
from tests.command.campaigns.findings import incoming
from tests.command.people import World
from tests.command.subjects.made import AT
from tests.findings import finding

from fanzha.base.clock import to_ms
from fanzha.base.ids import digest
from fanzha.command.subjects.models import Delivery, FindingRow
from fanzha.command.subjects.sources import Piece
from fanzha.command.subjects.superseding import newer
from fanzha.command.subjects.taking import take
from fanzha.command.web.scoping import everything

pytestmark = pytest.mark.django_db


def test_ten_is_newer_than_nine() -> None:
    assert newer("10", "9") and newer("2b", "2a") and not newer("1", "1") and not newer("9", "10")


def standing(world: World, versions: tuple[str, ...], together: int) -> set[str]:
    """Take versions of one finding in, so many at once; return those that stand."""
    with everything("test"):
        delivery = Delivery.objects.create(name="d", begins="b", owner=world["carrier"], began_at=AT, changed_at=AT)
        found = [
            incoming(finding(version=version, event_ids=("e1",), found_at=to_ms(AT) - 1_000, valid_until=to_ms(AT) + 1))
            for version in versions
        ]
        for first in range(0, len(found), together):
            batch = found[first : first + together]
            take(delivery, Piece(batch, [], first + len(batch), first + len(batch)), AT)
        stands = set(FindingRow.objects.filter(FindingRow.standing()).values_list("version", flat=True))
        by = FindingRow.objects.exclude(superseded_by="").values_list("superseded_by", flat=True)
        latest = FindingRow.objects.get(version="10").finding_id
        assert set(by) == {latest}
    return stands


@pytest.mark.parametrize("together", [1, 2, 3])
@pytest.mark.parametrize("versions", list(permutations(("2", "9", "10"))))
def test_the_latest_alone_stands_whatever_the_order(world: World, versions: tuple[str, ...], together: int) -> None:
    assert standing(world, versions, together) == {"10"}


def test_other_events_detectors_and_organisations_are_left_alone(world: World) -> None:
    with everything("test"):
        for name, changes in (
            ("carrier", {}),
            ("carrier", {"event_ids": ("e2",), "version": "2"}),
            ("carrier", {"detector": "other", "version": "2"}),
            ("bank", {"version": "2"}),
        ):
            values = {"event_ids": ("e1",), "found_at": to_ms(AT) - 1_000, "valid_until": to_ms(AT) + 1, **changes}
            delivery = Delivery.objects.create(
                name=name, begins=digest(str(changes)), owner=world[name], began_at=AT, changed_at=AT
            )
            take(delivery, Piece([incoming(finding(**values))], [], 1, 1), AT)
        assert FindingRow.objects.filter(FindingRow.standing()).count() == 4
