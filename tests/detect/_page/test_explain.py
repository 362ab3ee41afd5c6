"""The investigator reads score, features and how far to act; the owner no number but how to appeal."""

import json
import re

from fanzha.base.words import Words
from fanzha.claims import Finding
from fanzha.detect._contributions import Contribution
from fanzha.detect._page.explain import MAX_URL, PUBLIC, WITHOUT_REPUTATION, PageAssessment, build_finding
from fanzha.models.families.boosted_trees import Feature

EVENT = {"event_id": "e1", "occurred_at": 1_000, "basis": None, "simulated": False, "url": "http://pay.example.test/x"}


def told(url: str = "http://pay.example.test/x", *, with_reputation: bool = True) -> Finding:
    moved = (Contribution(Feature("empty_title", Words("标题为空", "no title"), "0 or 1"), 1, 0, 0.7),)
    judged = PageAssessment("page", "1", "pay.example.test", 0.98765, 0.01, 0.95, moved, with_reputation)
    return build_finding(judged, {**EVENT, "url": url})


def test_reasons_hold_score_threshold_features_and_scope() -> None:
    said = told()
    assert "0.988" in said.reasons_zh[1] and "1%" in said.reasons_zh[1] and "0.950" in said.reasons_en[1]
    assert said.reasons_zh[0] == "标题为空：是（普通网页中位数 否）"
    assert "http://pay.example.test/x" in said.reasons_en[-1] and "not on the domain" in said.reasons_en[-1]


def test_missing_reputation_is_said() -> None:
    assert WITHOUT_REPUTATION.zh in told(with_reputation=False).reasons_zh
    assert WITHOUT_REPUTATION.zh not in told().reasons_zh


def test_a_long_url_is_cut_in_reasons_and_kept_in_evidence() -> None:
    url = "http://pay.example.test/" + "x" * 500
    said = told(url)
    assert all(len(reason) < MAX_URL + 200 for reason in said.reasons_en)
    assert json.loads(said.evidence)["url"] == url


def test_owner_is_told_no_number_and_how_to_appeal() -> None:
    said = told()
    assert (said.public_zh, said.public_en) == PUBLIC and not re.search(r"\d", said.public_zh + said.public_en)
    assert said.basis == "ATF Art. 24; ATF Art. 25" and said.subject_kind == "website"
