"""A site whose name mentions a brand is said to mention it, not to imitate it."""

import json
from typing import Any

import pyarrow as pa

from fanzha.detect.lookalike_website import DETECTOR
from fanzha.events.site_seen import EVENT

NOW = 1_793_000_000_000


def batch(*hosts: str) -> pa.RecordBatch:
    known: dict[str, Any] = {
        "host": pa.array(hosts),
        "occurred_at": pa.repeat(NOW, len(hosts)),
        "event_id": pa.array([f"log/{number}/{host}" for number, host in enumerate(hosts)]),
    }
    return EVENT.conform(known, len(hosts))


def test_imitations_are_findings_and_mentions_are_none() -> None:
    hosts = ("honest-garden.example", "taobao-kf-tuikuan.top", "www.taobao-gardening.example")
    compared = DETECTOR.compare(batch(*hosts))
    assert [finding.subject for finding in compared.findings] == ["taobao-kf-tuikuan.top"]
    (mention,) = compared.mentions
    assert (mention.subject, mention.host, mention.brand) == ("taobao-gardening.example", hosts[2], "taobao.com")
    assert (mention.event_id, mention.seen_at) == (f"log/2/{hosts[2]}", NOW)
    assert 0 < mention.score < 0.5
    assert json.loads(mention.evidence)["mention"]["name"] == "word"
    assert "says nothing" in mention.sentence_en and "不说明问题" in mention.sentence_zh
