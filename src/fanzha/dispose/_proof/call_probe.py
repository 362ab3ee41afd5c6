"""Proof by test calls: a probe with the ordered number does not arrive, or arrives with the ordered treatment.

Rows are those of the event table `test_call`. A missing probe counts only if a probe with another number arrived by the
same route.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from fanzha.base.words import Words
from fanzha.claims.treatment import Treatment
from fanzha.dispose._proof.proof_result import ProofOutcome, ProofResult
from fanzha.kinds.phone_number import classify

KIND = "test_call"

_NONE = Words("没有可用的拨测", "there is no test call that tells")
_NO_CONTROL = Words(
    "同一路由没有其他号码的拨测到达，无法判断",
    "no probe with another number arrived by that route: nothing can be told",
)


def prove_by_test_call(number: str, treatment: Treatment, rows: Iterable[Mapping[str, Any]], since: int) -> ProofResult:
    """Return whether probes with a canonical number, from `since` (UTC ms) on, got the treatment.

    ALLOW is for a withdrawn order: the probe must arrive with its number shown.
    """
    recent = [row for row in rows if row["occurred_at"] >= since]
    probes = [row for row in recent if _canonical(row.get("sent_caller")) == number]
    if not probes:
        return ProofResult(KIND, ProofOutcome.UNKNOWN, since, _NONE)
    newest = max(probes, key=lambda row: row["occurred_at"])
    at = int(newest["occurred_at"])
    if not newest["arrived"]:
        controlled = any(row["arrived"] and row.get("route") == newest.get("route") for row in recent)
        if not controlled:
            return ProofResult(KIND, ProofOutcome.UNKNOWN, at, _NO_CONTROL)
        outcome = ProofOutcome.YES if treatment is Treatment.REFUSE else ProofOutcome.NO
        return ProofResult(KIND, outcome, at, Words("拨测未到达", "the test call did not arrive"))
    has_number = _canonical(newest.get("received_caller")) == number
    is_as_ordered = {Treatment.REFUSE: False, Treatment.WITHHOLD: not has_number}.get(treatment, has_number)
    words = (
        Words("拨测到达，显示号码", "it arrived with its number")
        if has_number
        else Words("拨测到达，未显示该号码", "it arrived without")
    )
    return ProofResult(KIND, ProofOutcome.YES if is_as_ordered else ProofOutcome.NO, at, words)


def _canonical(written: object) -> str:
    return classify(str(written)).canonical if written else ""
