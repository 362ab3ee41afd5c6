"""A finding carries brand, trick and numbers in both languages, and its evidence."""

from collections.abc import Callable

import msgspec
import pyarrow as pa

from fanzha.claims import Finding
from fanzha.detect.lookalike_website import DETECTOR

Batch = Callable[..., pa.RecordBatch]
SEEN_AT = 1_772_323_200_000


def found(batch: pa.RecordBatch) -> Finding:
    (finding,) = DETECTOR.detect("site_seen", batch)
    return finding


def test_reasons_carry_brand_trick_strength_and_age(batch: Batch) -> None:
    finding = found(batch({"host": "icbc-kefu-vip.top", "registered_at": SEEN_AT - 6 * 86_400_000}))
    assert finding.reasons_zh[0].startswith("icbc-kefu-vip.top 仿冒 中国工商银行（icbc.com.cn）：品牌名加诱导词")
    assert "域名注册仅 6 天。" in finding.reasons_zh
    assert "The domain was registered only 6 days ago." in finding.reasons_en
    assert finding.fraud_type == "brand_imitation"
    assert finding.valid_until - finding.found_at == 90 * 86_400_000


def test_evidence_holds_brand_trick_and_facts(batch: Batch) -> None:
    told = msgspec.json.decode(found(batch({"host": "www.icbc-kefu-vip.top"})).evidence)
    assert told["brand"]["domain"] == "icbc.com.cn"
    assert told["trick"]["name"] == "companion"
    assert told["matched"] == "lcbc" and told["registrable"] == "icbc-kefu-vip.top"


def test_basis_names_the_law_and_the_sources_own(batch: Batch) -> None:
    finding = found(batch({"host": "icbc-kefu-vip.top", "basis": "Domain list agreement"}))
    assert finding.basis == "ATF Art. 21; ATF Art. 24; ATF Art. 25; Domain list agreement"


def test_hosting_tenant_is_told_as_such(batch: Batch) -> None:
    finding = found(batch({"host": "taobao-kefu.github.io"}))
    assert "never the service" in finding.reasons_en[-1]


def test_bait_before_the_at_sign_is_told(batch: Batch) -> None:
    finding = found(batch({"host": "plain.example", "url": "https://www.icbc.com.cn@plain.example/"}))
    assert "www.icbc.com.cn@plain.example" in finding.reasons_en[0]
    assert msgspec.json.decode(finding.evidence)["trick"]["name"] == "userinfo"


def test_owner_is_told_no_threshold(batch: Batch) -> None:
    finding = found(batch({"host": "icbc-kefu-vip.top"}))
    assert not any(c.isdigit() for c in finding.public_zh + finding.public_en)
