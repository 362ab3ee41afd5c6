"""A test call proves an order only where another one by the same route shows that calls arrive at all."""

from typing import Any

import pytest

from fanzha.claims.treatment import Treatment
from fanzha.dispose import ProofOutcome, prove_by_test_call

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
        ([LOST, ARRIVED_ELSE], Treatment.REFUSE, ProofOutcome.YES),
        ([LOST], Treatment.REFUSE, ProofOutcome.UNKNOWN),
        ([LOST, row("+8617000000002", arrived=True, route="other")], Treatment.REFUSE, ProofOutcome.UNKNOWN),
        ([LOST, ARRIVED_ELSE], Treatment.ALLOW, ProofOutcome.NO),
        ([SHOWN], Treatment.REFUSE, ProofOutcome.NO),
        ([SHOWN], Treatment.ALLOW, ProofOutcome.YES),
        ([HIDDEN], Treatment.WITHHOLD, ProofOutcome.YES),
        ([SHOWN], Treatment.WITHHOLD, ProofOutcome.NO),
        ([HIDDEN], Treatment.ALLOW, ProofOutcome.NO),
        ([], Treatment.REFUSE, ProofOutcome.UNKNOWN),
        ([row(NUMBER, arrived=False, at=SINCE - 1), ARRIVED_ELSE], Treatment.REFUSE, ProofOutcome.UNKNOWN),
        (
            [LOST, ARRIVED_ELSE, row(NUMBER, arrived=True, shown=NUMBER, at=SINCE + 1)],
            Treatment.REFUSE,
            ProofOutcome.NO,
        ),
    ],
)
def test_the_newest_probe_with_the_number_tells(
    rows: list[dict[str, Any]], treatment: Treatment, holds: ProofOutcome
) -> None:
    found = prove_by_test_call(NUMBER, treatment, rows, SINCE)
    assert found.outcome is holds and all(found.words)
