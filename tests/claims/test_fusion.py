"""Fusion adds evidence up, never accuses on shadow or made-up facts, obeys decisions, and can be replayed."""

from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.claims.evidence import AT, DAY, NUMBER, decision, piece, pieces

from fanzha.claims.allowlist import AllowlistEntry, OriginKind
from fanzha.claims.evidence import DECISION, OPINION, Evidence
from fanzha.claims.fusion import fuse, fuse_subject
from fanzha.claims.policy import Policy
from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import FOREVER, Level, Verdict, VerdictScope

OURS = Policy(organization="a made-up carrier", treat_suspected=Treatment.LABEL)
SPARED = AllowlistEntry(NUMBER, OriginKind.TRUNK, "T", "a made-up hospital", "contract 7")


def one(found: Sequence[Evidence], at: int = AT, **spared: Sequence[AllowlistEntry]) -> Verdict:
    (verdict,) = fuse_subject(found, at, OURS, **spared)
    return verdict


@given(pieces, st.randoms(use_true_random=False))
def test_the_order_of_evidence_and_repetitions_change_nothing(found: list[Evidence], draw: Random) -> None:
    mixed = [*found, *found[:2]]
    draw.shuffle(mixed)
    assert list(fuse(mixed, AT, OURS)) == list(fuse(found, AT, OURS))


@given(pieces, st.integers(AT, AT + 6))
def test_a_verdict_stays_what_it_is_until_its_end(found: list[Evidence], later: int) -> None:
    now = {(one.subject, one.scope): one for one in fuse(found, AT, OURS)}
    then = {(one.subject, one.scope): one for one in fuse(found, later, OURS)}
    for key, verdict in now.items():
        if later < verdict.until and key in then:
            after = then[key]
            assert (after.level, after.treatment, after.fraud_type) == (
                verdict.level,
                verdict.treatment,
                verdict.fraud_type,
            )


@given(pieces)
def test_more_suspicion_never_makes_a_subject_clearer(found: list[Evidence]) -> None:
    real = [
        one._replace(simulated=False, holder_from=None, scope=VerdictScope()) for one in found if one.subject == NUMBER
    ]
    more = piece(by="another detector", at=AT)
    before = fuse_subject(real, AT, OURS)
    after = one([*real, more])
    assert all(each.score <= after.score for each in before)


def test_two_detectors_make_a_suspect_where_one_does_not() -> None:
    first, second = piece(), piece(by="another detector")
    assert (one([first]).level, one([first]).score) == (Level.WATCH, 0.7)
    both = one([first, second])
    assert (both.level, both.score, both.treatment) == (Level.SUSPECTED, 0.91, Treatment.LABEL)
    assert [(part.by, part.weight) for part in both.why] == [("another detector", 0.7), ("made-up-detector", 0.7)]


def test_one_detector_counts_once_however_often_it_fires() -> None:
    again = one([piece(id=str(place), at=AT - place) for place in range(5)])
    assert again.score == 0.7 and [part.weight for part in again.why] == [0.7, 0, 0, 0, 0]


def test_one_organisation_alone_makes_no_suspect_and_its_later_opinion_replaces_the_earlier() -> None:
    said = piece(source=OPINION, by="a made-up bank", confidence=1.0, at=AT - 2)
    assert one([said]).level is Level.WATCH
    assert one([said, said._replace(level=Level.CLEAR, at=AT - 1)]).level is Level.CLEAR
    assert fuse_subject([said, said._replace(at=AT - 1, until=AT)], AT, OURS) == []


def test_trust_weighs_a_source() -> None:
    trusting = Policy(trust={"made-up-detector": 0.5})
    (verdict,) = fuse_subject([piece(confidence=1.0)], AT, trusting)
    assert (verdict.score, verdict.level) == (0.5, Level.WATCH)


def test_a_spared_number_is_clear_and_says_why() -> None:
    verdict = one([piece(confidence=1.0)], spared=[SPARED])
    assert (verdict.level, verdict.score, verdict.treatment) == (Level.CLEAR, 0.0, Treatment.ALLOW)
    assert [(part.source, part.weight) for part in verdict.why] == [("spared", 1.0), ("finding", 0.0)]
    assert "contract 7" in verdict.why[0].en and "contract 7" in verdict.why[0].zh
    ended = SPARED._replace(until=AT)
    assert one([piece(confidence=1.0)], spared=[ended]).level is Level.SUSPECTED


def test_a_spared_number_is_clear_only_as_long_as_it_is_spared() -> None:
    assert one([piece(confidence=1.0)], spared=[SPARED._replace(until=AT + 5)]).until == AT + 5


def test_spared_numbers_are_found_by_their_number() -> None:
    found = fuse([piece(confidence=1.0), piece(confidence=1.0, subject="95588")], AT, OURS, {NUMBER: [SPARED]})
    assert {one.subject: one.level for one in found} == {NUMBER: Level.CLEAR, "95588": Level.SUSPECTED}


def test_a_decision_outranks_what_was_known_before_it_and_nothing_after() -> None:
    appeal = decision(Level.CLEAR)
    verdict = one([piece(confidence=1.0), appeal])
    assert (verdict.level, verdict.organization, verdict.until) == (Level.CLEAR, "a made-up authority", FOREVER)
    assert [(part.source, part.weight) for part in verdict.why] == [(DECISION, 1.0), ("finding", 0.0)]
    assert one([piece(confidence=1.0, at=AT), appeal]).level is Level.SUSPECTED


def test_only_a_decision_refuses_and_it_does_so_of_a_spared_number_too() -> None:
    order = decision(Level.SUSPECTED, treatment=Treatment.REFUSE)
    assert one([order], spared=[SPARED]).treatment is Treatment.REFUSE
    assert (
        one([order, piece(source=OPINION, by="b", level=Level.CLEAR, confidence=1.0, at=AT)]).level is Level.SUSPECTED
    )
    assert one([piece(confidence=1.0)]).treatment is Treatment.LABEL


def test_of_two_decisions_the_later_counts_and_of_one_moment_the_milder() -> None:
    order = decision(Level.SUSPECTED, treatment=Treatment.REFUSE)
    assert one([order, decision(Level.CLEAR, by="an appeal", at=order.at + 1)]).level is Level.CLEAR
    assert one([order, decision(Level.CLEAR, by="an appeal")]).level is Level.CLEAR


def test_made_up_facts_stay_made_up_and_never_touch_real_ones() -> None:
    made_up = piece(simulated=True, confidence=1.0)
    assert one([made_up]).simulated
    real = one([made_up, piece(confidence=0.5)])
    assert (real.simulated, real.level) == (False, Level.WATCH)


def test_the_next_holder_of_a_number_answers_for_nothing_before() -> None:
    old, new = piece(holder_from=AT - 9 * DAY, confidence=1.0), piece(holder_from=AT - 5, at=AT - 4)
    assert one([old, new]).level is Level.WATCH
    nobody = piece(holder_from=None, at=AT - 6, confidence=1.0)
    assert one([nobody, new]).score == 0.7


def test_a_narrower_scope_has_its_own_verdict_only_where_it_says_something_else() -> None:
    wide, narrow = piece(), piece(by="another detector", scope=VerdictScope(service="voice"))
    found = fuse_subject([wide, narrow], AT, OURS)
    assert [(one.scope, one.level) for one in found] == [
        (VerdictScope(), Level.WATCH),
        (VerdictScope(service="voice"), Level.SUSPECTED),
    ]
    assert len(fuse_subject([wide, narrow._replace(confidence=0.01)], AT, OURS)) == 1


def test_until_is_when_the_level_falls_by_itself() -> None:
    found = [piece(until=AT + 5), piece(by="b", until=AT + 9)]
    assert one(found).until == AT + 5
    assert one(found, at=AT + 5).until == AT + 9
    assert fuse_subject(found, AT + 9, OURS) == []
    assert one([decision(Level.WATCH)]).until == FOREVER


def test_short_codes_and_numbers_are_one_subject() -> None:
    both = [piece(subject="95588"), piece(subject="95588", subject_kind="short_code", by="b")]
    (verdict,) = fuse(both, AT, OURS)
    assert (verdict.subject_kind, verdict.level) == ("phone_number", Level.SUSPECTED)


def test_the_fraud_type_is_that_with_the_most_weight() -> None:
    found = [piece(), piece(by="b", fraud_type="fake_bank"), piece(by="c", fraud_type="fake_bank")]
    assert one(found).fraud_type == "fake_bank"
    assert one(found[:2]).fraud_type == "brushing"


@pytest.mark.parametrize("at", [AT - 2 * DAY, AT + DAY])
def test_evidence_counts_only_while_it_holds(at: int) -> None:
    assert fuse_subject([piece()], at, OURS) == []
