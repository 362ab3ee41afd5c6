"""A finding names the file, not the package, and says who has the ability rightfully."""

import json

from fanzha.brands import BrandTable
from fanzha.detect._app.abilities import AppFacts
from fanzha.detect._app.assessment import BrandApps, assess
from fanzha.detect._app.explain import ONLY_FILE, build_finding

EVENT = {
    "event_id": "e",
    "occurred_at": 5,
    "file_sha256": "a" * 64,
    "basis": "x",
    "simulated": False,
    "version": "1",
    "certificates": ["b" * 64],
    "signs": ["service.accessibility"],
    "icon_hash": None,
}


def test_the_file_is_the_subject_and_each_ability_is_explained() -> None:
    facts = AppFacts(
        "com.example.a", "贷款", frozenset({"READ_SMS"}), frozenset({"service.accessibility"}), (), "fake_loan"
    )
    assessment = assess(facts, ("b" * 64,), "", BrandApps(BrandTable([])), {})
    assert assessment is not None
    finding = build_finding(assessment, EVENT)
    assert (finding.subject, finding.fraud_type) == ("apk:" + "a" * 64, "fake_loan")
    assert "tools for blind people" in " ".join(finding.reasons_en).lower()
    assert finding.reasons_en[-1] == ONLY_FILE.en
    assert json.loads(finding.evidence)["abilities"] == ["code_theft"]
