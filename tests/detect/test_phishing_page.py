"""Pages are judged by what is known of them, more strictly where nothing is known of the domain."""

import json

import pyarrow as pa

from fanzha.claims import Finding
from fanzha.detect.phishing_page import DETECTOR
from fanzha.events.site_seen import EVENT

COPIED, COPIED_ALONE = (example.rows[0] for example in DETECTOR.examples[:2])
SHOP, SHOP_ALONE = DETECTOR.examples[2].rows


def found(*rows: object) -> list[Finding]:
    envelope = {"occurred_at": 1_000, "observed_at": 1_000, "source": "s", "simulated": False}
    full = [{"event_id": f"e{n}", **envelope, **dict(row)} for n, row in enumerate(rows)]  # type: ignore[call-overload]
    return list(DETECTOR.detect("site_seen", pa.RecordBatch.from_pylist(full, schema=EVENT.schema)))


def test_model_depends_on_what_is_known() -> None:
    evidences = [json.loads(finding.evidence) for finding in found(COPIED, COPIED_ALONE)]
    assert [evidence["model"] for evidence in evidences] == ["page", "page-facts"]


def test_without_reputation_only_the_stricter_threshold_counts() -> None:
    (alone,) = found(COPIED_ALONE)
    assert json.loads(alone.evidence)["false_alarm_rate"] == 0.001
    assert found(SHOP, SHOP_ALONE) == []


def test_rows_keep_their_own_event_and_host() -> None:
    other = {**COPIED, "host": "LOGIN.Example-Pay.test"}
    said = found(SHOP, COPIED, other)
    assert [(f.subject, f.event_ids) for f in said] == [(COPIED["host"], ("e1",)), ("login.example-pay.test", ("e2",))]


def test_a_page_with_a_fact_missing_or_without_url_is_not_judged() -> None:
    facts = dict(COPIED["page_facts"])  # type: ignore[call-overload]
    facts.pop("nb_hyperlinks")
    assert found({**COPIED, "page_facts": facts}, {**COPIED, "url": None}, {"host": "a.test"}) == []


def test_an_empty_batch_gives_nothing() -> None:
    assert found() == []
