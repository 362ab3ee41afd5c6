"""Proof by a test call: a probe sent with the number of an order does not arrive, or arrives as it was ordered.

Rows are those of the event table `test_call`; a probe that never reached the network proves nothing, so that a second
one with another number must have arrived by the same route.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from fanzha.base.words import Words
from fanzha.claims.treatment import Treatment
from fanzha.dispose._proof.proven import Holds, Proven
from fanzha.kinds.phone_number import classify

KIND = "test_call"

_NONE = Words("没有可用的拨测", "there is no test call that tells")
_NO_CONTROL = Words(
    "同一路由没有其他号码的拨测到达，无法判断",
    "no probe with another number arrived by that route: nothing can be told",
)


def by_test_call(number: str, treatment: Treatment, rows: Iterable[Mapping[str, Any]], since: int) -> Proven:
    """Return whether probes with a number (canonical), later than a moment (UTC ms), were treated so.

    ALLOW stands for an order that was taken back: the probe arrives, with its number shown.
    """
    late = [row for row in rows if row["occurred_at"] >= since]
    probes = [row for row in late if _canonical(row.get("sent_caller")) == number]
    if not probes:
        return Proven(KIND, Holds.UNKNOWN, since, _NONE)
    newest = max(probes, key=lambda row: row["occurred_at"])
    at = int(newest["occurred_at"])
    if not newest["arrived"]:
        controlled = any(row["arrived"] and row.get("route") == newest.get("route") for row in late)
        if not controlled:
            return Proven(KIND, Holds.UNKNOWN, at, _NO_CONTROL)
        holds = Holds.YES if treatment is Treatment.REFUSE else Holds.NO
        return Proven(KIND, holds, at, Words("拨测未到达", "the test call did not arrive"))
    shown = _canonical(newest.get("received_caller")) == number
    wanted = {Treatment.REFUSE: False, Treatment.WITHHOLD: not shown}.get(treatment, shown)
    words = (
        Words("拨测到达，显示号码", "it arrived with its number")
        if shown
        else Words("拨测到达，未显示该号码", "it arrived without")
    )
    return Proven(KIND, Holds.YES if wanted else Holds.NO, at, words)


def _canonical(written: object) -> str:
    return classify(str(written)).canonical if written else ""
