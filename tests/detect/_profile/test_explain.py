"""The investigator gets numbers and caveats, the subscriber gets none of the thresholds."""

import json
import re

from fanzha.base.words import Words
from fanzha.claims import Finding
from fanzha.detect._contributions import Contribution
from fanzha.detect._profile.explain import FROM_WINDOWS, NO_BILL, PUBLIC, ProfileAssessment, build_finding
from fanzha.models.families.boosted_trees import Feature
from fanzha.models.subscriber_usage import MODEL as USAGE

EVENT = {"event_id": "e1", "occurred_at": 1_000, "basis": "合同", "simulated": True, "subscriber": "191 0000 0701"}


def told(**changes: object) -> Finding:
    feature = Feature("devices", Words("使用终端数", "devices used"), "count")
    judged = ProfileAssessment("subscriber", "1", 0.98765, 0.001, 0.918, (Contribution(feature, 4, 1, 0.6),), NO_BILL)
    return build_finding(judged, {**EVENT, **changes})


def test_investigator_reads_score_threshold_numbers_caveat_and_that_a_person_decides() -> None:
    said = told()
    assert said.reasons_en[0].startswith("devices used: 4")
    assert "0.988" in said.reasons_zh[1] and "0.1%" in said.reasons_zh[1] and "0.918" in said.reasons_en[1]
    assert NO_BILL.zh in said.reasons_zh and "a person checks" in said.reasons_en[-1]
    assert len(said.reasons_zh) == len(said.reasons_en)


def test_subscriber_is_told_no_number_and_how_to_appeal() -> None:
    said = told()
    assert said.public_zh == PUBLIC.zh and not re.search(r"\d", said.public_zh + said.public_en)
    assert "申诉" in said.public_zh and "appeal" in said.public_en


def test_number_is_canonical_and_a_pseudonym_stays_as_it_is() -> None:
    assert told().subject == "+8619100000701"
    assert told(subscriber="a3f9-user").subject == "a3f9-user"


def test_evidence_holds_model_features_and_threshold() -> None:
    kept = json.loads(told().evidence)
    assert kept["model"] == "subscriber" and kept["features"][0]["name"] == "devices" and kept["threshold"] == 0.918


def test_law_and_the_basis_of_the_source_stand_together() -> None:
    assert told().basis == "ATF Art. 11; ATF Art. 32; 合同"
    assert told(basis=None).basis == "ATF Art. 11; ATF Art. 32"


def test_what_is_said_of_profiles_made_by_windows_stands_on_the_card() -> None:
    whole, by_windows = (measured.figures["recall_at_1pct"] for measured in USAGE.card().measured)
    for words in FROM_WINDOWS:
        assert f"{whole:.0%}" in words and f"{by_windows:.0%}" in words
