"""Who is behind a trunk is what was entered for the time of the call."""

from datetime import timedelta

import pytest
from tests.command.call_traceback.chain_made import AT, name_trunk
from tests.command.people import World

from fanzha.command.call_traceback.models import TrunkPartyKind
from fanzha.command.call_traceback.trunks import find_trunk_party
from fanzha.processes.refusal import Refusal

pytestmark = [pytest.mark.django_db]


def test_the_entry_of_the_time_counts(world: World) -> None:
    first = name_trunk(world, "carrier", "T-1", "mvno", since=AT - timedelta(days=2))
    second = name_trunk(world, "carrier", "T-1", "far_carrier", since=AT)
    owner = world["carrier"].pk
    assert find_trunk_party(owner, "T-1", AT - timedelta(days=1)) == first
    assert find_trunk_party(owner, "T-1", AT + timedelta(days=1)) == second
    assert find_trunk_party(owner, "T-1", AT - timedelta(days=9)) is None
    assert find_trunk_party(world["mvno"].pk, "T-1", AT) is None


@pytest.mark.parametrize(
    "values",
    [
        {"kind": TrunkPartyKind.OPERATOR},
        {"kind": TrunkPartyKind.FOREIGN},
        {"kind": TrunkPartyKind.CUSTOMER, "name": "gateway", "customer_class": "x"},
    ],
    ids=["operator", "foreign", "customer"],
)
def test_an_entry_that_names_nobody_is_refused(world: World, values: dict[str, str]) -> None:
    with pytest.raises(Refusal):
        name_trunk(world, "carrier", "T-1", **values)
