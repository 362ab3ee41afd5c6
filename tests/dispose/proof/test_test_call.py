"""A test call proves an order only where another one by the same route shows that calls arrive at all."""

from typing import Any

import pytest

from fanzha.claims.treatment import Treatment
from fanzha.dispose import Holds, by_test_call

NUMBER, SINCE = "+8617000000001", 1_000


def row(caller: str, *, arrived: bool, shown: str = "", at: int = SINCE, route: str = "wholesale-1") -> dict[str, Any]:
    return {"occurred_at": at, "sent_caller": caller, "received_caller": shown, "arrived": arrived, "route": route}


ARRIVED_ELSE = row("+8617000000002", arrived=True)
LOST, SHOWN, HIDDEN = (
    row("17000000001", arrived=False),
    row(NUMBER, arrived=True, shown="008617000000001"),
    row(NUMBER, arrived=True),
)


@pytest.mark.parametrize(
    ("rows", "treatment", "holds"),
    [
        ([LOST, ARRIVED_ELSE], Treatment.REFUSE, Holds.YES),
        ([LOST], Treatment.REFUSE, Holds.UNKNOWN),
        ([LOST, row("+8617000000002", arrived=True, route="other")], Treatment.REFUSE, Holds.UNKNOWN),
        ([LOST, ARRIVED_ELSE], Treatment.ALLOW, Holds.NO),
        ([SHOWN], Treatment.REFUSE, Holds.NO),
        ([SHOWN], Treatment.ALLOW, Holds.YES),
        ([HIDDEN], Treatment.WITHHOLD, Holds.YES),
        ([SHOWN], Treatment.WITHHOLD, Holds.NO),
        ([HIDDEN], Treatment.ALLOW, Holds.NO),
        ([], Treatment.REFUSE, Holds.UNKNOWN),
        ([row(NUMBER, arrived=False, at=SINCE - 1), ARRIVED_ELSE], Treatment.REFUSE, Holds.UNKNOWN),
        ([LOST, ARRIVED_ELSE, row(NUMBER, arrived=True, shown=NUMBER, at=SINCE + 1)], Treatment.REFUSE, Holds.NO),
    ],
)
def test_the_newest_probe_with_the_number_tells(rows: list[dict[str, Any]], treatment: Treatment, holds: Holds) -> None:
    found = by_test_call(NUMBER, treatment, rows, SINCE)
    assert found.holds is holds and all(found.words)
