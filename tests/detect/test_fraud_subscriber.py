"""A profile is judged by what it has; a missing bill is held against nobody."""

import json

import pyarrow as pa
import pytest

from fanzha.claims import Finding
from fanzha.detect._profile.explain import FROM_WINDOWS, NO_BILL, NO_BILLING_DATA
from fanzha.detect.fraud_subscriber import DETECTOR
from fanzha.events.subscriber_profile import BY_WINDOWS, EVENT

DIALLER, WITHOUT_BILLING, COURIER, QUIET = (dict(example.rows[0]) for example in DETECTOR.examples)


def batch(*rows: dict[str, object]) -> pa.RecordBatch:
    envelope = {"occurred_at": 1_000, "observed_at": 1_000, "source": "s", "simulated": False}
    full = [{"event_id": f"e{n}", **envelope, **row} for n, row in enumerate(rows)]
    return pa.RecordBatch.from_pylist(full, schema=EVENT.schema)


def found(*rows: dict[str, object]) -> list[Finding]:
    return list(DETECTOR.detect("subscriber_profile", batch(*rows)))


def test_billed_subscribers_are_judged_by_the_whole_profile_and_others_by_usage() -> None:
    models = {finding.subject: json.loads(finding.evidence)["model"] for finding in found(DIALLER, WITHOUT_BILLING)}
    assert models == {"+8619100000701": "subscriber", "user-0002": "subscriber-usage"}


def test_a_subscriber_without_bills_is_judged_on_calls_and_texts_and_it_is_said() -> None:
    (missing,) = found({**WITHOUT_BILLING, "bill_cny": 0.0})
    (absent,) = found(WITHOUT_BILLING)
    assert NO_BILL.zh in missing.reasons_zh and NO_BILLING_DATA.zh in absent.reasons_zh
    assert missing.score == absent.score


def test_a_profile_made_by_windows_says_so() -> None:
    (made,) = DETECTOR.detect("subscriber_profile", batch({**WITHOUT_BILLING, "source": BY_WINDOWS}))
    assert FROM_WINDOWS.zh in made.reasons_zh and FROM_WINDOWS.en in made.reasons_en


def test_a_quiet_subscriber_is_left_alone_with_and_without_bills() -> None:
    assert found(QUIET, {**QUIET, "bill_cny": None}, COURIER) == []


def test_every_row_of_a_batch_keeps_its_own_event() -> None:
    said = found(COURIER, {**DIALLER, "subscriber": "a"}, QUIET, {**DIALLER, "subscriber": "b"})
    assert [(finding.subject, finding.event_ids) for finding in said] == [("a", ("e1",)), ("b", ("e3",))]


def test_rows_with_neither_calls_nor_texts_and_empty_batches_give_nothing() -> None:
    bills = {name: value for name, value in DIALLER.items() if name.startswith(("bill", "subscriber"))}
    assert found(bills) == [] and found() == []


def test_reasons_name_numbers_that_differ_from_the_usual() -> None:
    (finding,) = found(DIALLER)
    assert any("calls per party, mean: 1.24" in reason for reason in finding.reasons_en)
    assert all("nan" not in reason for reason in (*finding.reasons_zh, *finding.reasons_en))


@pytest.mark.parametrize("extreme", [1e300, -1e300, float("inf"), float("nan"), 0.0])
def test_absurd_values_do_not_break_it(extreme: float) -> None:
    row = {**DIALLER, "talk_s_mean": extreme, "bill_cny_mean": extreme, "traffic_mb": extreme, "bill_cny": extreme}
    for finding in found(row):
        json.loads(finding.evidence)
        assert 0 <= finding.score <= 1
