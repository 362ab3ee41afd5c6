"""The detector protects the brands it is given."""

import pyarrow as pa

from fanzha.base.ids import digest
from fanzha.brands import Brand, BrandTable
from fanzha.detect.lookalike_website import DETECTOR, LookalikeWebsiteDetector
from fanzha.events import all_events


def batch(*hosts: str) -> pa.RecordBatch:
    rows = [
        {"event_id": digest(host), "occurred_at": 0, "observed_at": 0, "source": "t", "simulated": True, "host": host}
        for host in hosts
    ]
    return pa.RecordBatch.from_pylist(rows, schema=all_events()["site_seen"].schema)


def test_own_brand_table_is_protected_instead() -> None:
    detector = LookalikeWebsiteDetector(BrandTable([Brand("fictionbank.example", en="Fiction Bank", sector="finance")]))
    found = list(detector.detect("site_seen", batch("fictionbank-login.top", "taobao-kefu.top")))
    assert [finding.subject for finding in found] == ["fictionbank-login.top"]


def test_empty_batch_finds_nothing() -> None:
    assert list(DETECTOR.detect("site_seen", batch())) == []
