"""An investigator is told what was counted, and nobody's own number is shown in the reasons."""

from collections.abc import Mapping, Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.detect.gateway.calls import CALL, batch_of

from fanzha.detect.gateway.assessment import assess_batch
from fanzha.detect.gateway.explain import build_finding
from fanzha.detect.gateway.tally import Tallies

BAD: Mapping[str, object] = {"caller": "95588", "ingress": "international_gateway", "trunk": "T1"}


def tallies_of(calls: Sequence[Mapping[str, object]]) -> Tallies:
    tallies, batch = Tallies(), batch_of(calls)
    tallies.add(batch, assess_batch(batch))
    return tallies


def test_reasons_name_day_ingress_share_numbers_and_treatment() -> None:
    tallies = tallies_of([BAD, BAD, {**BAD, "caller": "+852 9123 4567"}, {**BAD, "callee": "110"}])
    (tally,) = tallies.open_tallies.values()
    finding = build_finding(tally, tallies.calls_of(tally), tallies.unlisted_calls_of(tally))
    assert finding.reasons_en == (
        "2026-03-01 international gateway: calls from abroad claim a service short number, which cannot be: 3 calls, "
        "75% of its 4 calls that day.",
        "Numbers claimed (1 different; whoever holds them is not accused): 95588 ICBC × 3.",
        "Suggested treatment: refuse (1 of them to emergency numbers: let through).",
    )
    evidence = msgspec.json.decode(finding.evidence)
    assert (evidence["treatment"], evidence["calls"], evidence["to_emergency_numbers"]) == ("refuse", 3, 1)
    assert evidence["claimed"] == [{"written": "95588", "calls": 3, "class": "service", "imitates": ""}]


def test_more_calls_raise_the_score() -> None:
    tallies = [next(tallies_of([BAD] * count).close()) for count in (1, 2, 100)]
    scores = [build_finding(tally, None, 0).score for tally in tallies]
    assert scores == sorted(set(scores)) and scores[-1] < 1


def test_the_claimed_number_of_a_person_is_masked() -> None:
    (tally,) = tallies_of([{**BAD, "caller": "+8619100000101"}]).open_tallies.values()
    finding = build_finding(tally, 1, 0)
    assert "+86 19•• ••0 0101" in finding.reasons_en[1]
    assert not any("19100000101" in words for words in (*finding.reasons_zh, *finding.reasons_en))


@pytest.mark.parametrize(("caller", "shown"), [("ICBC", "ICBC"), ("95588A", "95588A"), ("1380013800O", "13•••0O")])
def test_letters_in_place_of_a_number_are_shown_but_for_what_may_be_a_persons(caller: str, shown: str) -> None:
    (tally,) = tallies_of([{**BAD, "caller": caller}]).open_tallies.values()
    assert f": {shown} × 1" in build_finding(tally, 1, 0).reasons_en[1]


def test_what_a_disguise_imitates_is_named() -> None:
    (tally,) = tallies_of([{**BAD, "caller": "+86 10 95588"}]).open_tallies.values()
    assert "+861095588 (imitates 95588 ICBC) × 1" in build_finding(tally, 1, 0).reasons_en[1]
    (tally,) = tallies_of([{**BAD, "caller": "+1 138 0013 8000"}]).open_tallies.values()
    assert "0013800" not in "".join(build_finding(tally, 1, 0).reasons_en)


@given(st.lists(CALL, min_size=1, max_size=10))
def test_words_are_there_in_both_languages_and_thresholds_stay_with_the_investigator(
    calls: list[dict[str, object]],
) -> None:
    tallies = tallies_of(calls)
    for tally in list(tallies.open_tallies.values()):
        finding = build_finding(tally, tallies.calls_of(tally), tallies.unlisted_calls_of(tally))
        assert len(finding.reasons_zh) == len(finding.reasons_en) >= 3
        assert all(finding.reasons_zh) and all(finding.reasons_en)
        assert not any(sign.isdigit() for sign in finding.public_zh + finding.public_en)


def named(bad: int, honest: int, **fields: object) -> tuple[str, float]:
    """Return kind of subject and score for calls with a reason among honest ones of the trunk."""
    tallies = tallies_of([*([{**BAD, **fields}] * bad), *([{**BAD, "caller": "+852 9123 4567"}] * honest)])
    (tally,) = tallies.open_tallies.values()
    finding = build_finding(tally, tallies.calls_of(tally), 0)
    return finding.subject_kind, finding.score


@pytest.mark.parametrize(
    ("bad", "honest", "kind"),
    [(2, 0, "call"), (3, 0, "trunk"), (2, 818, "call"), (3, 297, "trunk"), (3, 298, "call")],
)
def test_a_trunk_is_accused_from_three_calls_and_one_in_a_hundred_on(bad: int, honest: int, kind: str) -> None:
    assert named(bad, honest)[0] == kind


def test_the_score_of_a_trunk_falls_with_its_honest_calls() -> None:
    scores = [named(6, honest)[1] for honest in (114, 194, 294, 594)]
    assert scores[0] == named(6, 0)[1] > scores[1] > scores[2] > scores[3]


@pytest.mark.parametrize(("bad", "honest", "kind"), [(10, 40, "trunk"), (10, 41, "call")])
def test_for_what_is_only_doubtful_it_takes_a_fifth_of_its_calls(bad: int, honest: int, kind: str) -> None:
    assert named(bad, honest, caller="95588A")[0] == kind


def test_travellers_whom_nobody_proved_to_roam_do_not_accuse_their_trunk() -> None:
    assert named(300, 0, caller="+8619100000101")[0] == "call"


def test_the_reasons_say_that_the_trunk_is_not_accused() -> None:
    tallies = tallies_of([BAD])
    (tally,) = tallies.open_tallies.values()
    finding = build_finding(tally, tallies.calls_of(tally), 0)
    assert "T1: the call is named" in finding.reasons_en[-1] and "中继 T1" in finding.reasons_zh[-1]
    assert msgspec.json.decode(finding.evidence)["trunk"] == "T1"
