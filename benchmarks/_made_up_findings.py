"""Findings as detectors tell them, made up in any number: campaigns behind a trunk, and numbers that stand alone."""

import json
from collections.abc import Iterator, Sequence
from random import Random

from fanzha.base.marking import Marking
from fanzha.claims.finding import Finding, Mode

DAY_MS = 86_400_000
#: Detector, fraud type, service of its subjects.
_SORTS = (
    ("call_centre_burst", "impersonation_authority", "call"),
    ("sim_box", "", "call"),
    ("sequential_dialling", "loan", "call"),
    ("wangiri", "wangiri", "call"),
    ("fraud_text", "parcel", "message"),
)
_TOGETHER = 24  # numbers of a campaign
_OF_A_SUBJECT = 5


def made_up_findings(count: int, owners: Sequence[str], at: int, *, seed: int, first: int = 0) -> Iterator[Finding]:
    """Yield findings of `count / 5` numbers, the newest last; `first` is the number of the first subject.

    Numbers are of an unassigned range, +86 1700 and seven digits, so that a copy can take another range of its own.
    """
    draw = Random(seed)
    subjects = max(1, count // _OF_A_SUBJECT)
    for made in range(count):
        place = first + made % subjects
        group = place // _TOGETHER
        detector, fraud_type, service = _SORTS[group % len(_SORTS)]
        calls, people, seconds = draw.randint(30, 400), draw.randint(25, 300), draw.randint(4, 19)
        found_at = at - DAY_MS * 3 + DAY_MS * 3 * made // count
        yield Finding(
            detector=detector,
            version="1",
            mode=Mode.LIVE,
            simulated=True,
            subject_kind="phone_number",
            subject=f"+861700{place * 7 % 10_000_000:07}",
            fraud_type=fraud_type,
            score=round(draw.uniform(0.5, 0.99), 3),
            found_at=found_at,
            valid_until=found_at + 30 * DAY_MS,
            direction="outgoing",
            service=service,
            owner_organisation=owners[group % len(owners)],
            marking=Marking.GREEN if group % 7 == 0 else Marking.AMBER,
            basis="ATF 14; made up for a benchmark",
            reasons_zh=(f"一小时内呼出 {calls} 通，对 {people} 人，平均通话 {seconds} 秒", "主叫号码由中继证实"),
            reasons_en=(
                f"{calls} calls to {people} people within the hour, {seconds} s each on average",
                "the caller's number is proven by its trunk",
            ),
            public_zh="该号码短时间内大量呼叫陌生人",
            public_en="this number called very many strangers within a short time",
            evidence=json.dumps(_evidence(group, calls, people, seconds)),
            event_ids=(f"{made:032x}", f"{seed:08x}{place:012x}{made:012x}"),
        )


def _evidence(group: int, calls: int, people: int, seconds: int) -> dict[str, object]:
    found: dict[str, object] = {
        "windows": [
            {"window": "count(call_ended by caller, 1h)", "value": calls},
            {"window": "distinct(callee of call_ended by caller, 1h)", "value": people},
            {"window": "mean(talk_seconds of call_ended by caller where answered, 1h)", "value": seconds},
        ]
    }
    return found | ({"trunk": f"BENCH-{group:06}"} if group % 4 else {})
