"""Of several scopes the narrowest that still holds and covers what is asked is the answer."""

import msgspec
from tests.claims.evidence import DAY, NUMBER, decision, piece
from tests.claims.snapshots import AT

from fanzha.claims.fusion import fuse_subject
from fanzha.claims.policy import Policy
from fanzha.claims.snapshot_entry import SnapshotEntry, build_entry
from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import Case, CaseStatus, Level, VerdictScope

WIDE = SnapshotEntry(Level.WATCH, until=AT + 10)
NARROW = SnapshotEntry(Level.SUSPECTED, Treatment.LABEL, until=AT + 5, service="voice", next_scope=WIDE)


def test_the_narrowest_entry_that_holds_is_given() -> None:
    assert NARROW.match(AT, service="voice") is NARROW
    assert NARROW.match(AT, service="text") is WIDE
    assert NARROW.match(AT + 5, service="voice") is WIDE
    assert NARROW.match(AT + 10, service="voice") is None


def test_an_entry_for_one_service_says_nothing_where_the_service_is_not_known() -> None:
    assert NARROW._replace(next_scope=None).match(AT) is None
    assert NARROW.scope == VerdictScope(service="voice")


def test_the_hardest_is_told_to_whoever_asks_without_a_call() -> None:
    assert NARROW.strictest(AT) is NARROW
    assert NARROW.strictest(AT + 5) is WIDE
    assert NARROW.strictest(AT + 10) is None


def test_people_are_told_level_type_and_case_and_nothing_else() -> None:
    told = NARROW._replace(fraud_type="brushing", case=CaseStatus.CONFIRMED).words
    assert told == ("涉诈嫌疑，刷单返利，公安认定涉案", "suspected, brushing and rebate tasks, confirmed by the police")
    assert WIDE.words == ("关注", "watch")


VERDICT = fuse_subject([piece(confidence=1.0)], AT, Policy(organization="a made-up carrier"))
CASE = Case(
    subject_kind="phone_number",
    subject=NUMBER,
    status=CaseStatus.FILED,
    body="a made-up police station",
    reference="no. 7",
    at=AT - DAY,
    until=AT + 2 * DAY,
)


def test_a_verdict_becomes_an_entry() -> None:
    entry = build_entry(VERDICT, None, AT)
    assert entry == SnapshotEntry(
        Level.SUSPECTED, Treatment.LABEL, "brushing", AT + DAY, organization="a made-up carrier", next_scope=None
    )


def test_whoever_is_clear_or_clear_within_the_hour_is_not_listed() -> None:
    assert build_entry(fuse_subject([piece(confidence=0.1)], AT, Policy()), None, AT) is None
    assert build_entry(fuse_subject([piece(confidence=1.0, until=AT + 3_599_999)], AT, Policy()), None, AT) is None
    assert build_entry([], None, AT) is None


def test_a_police_case_stands_beside_the_verdict_and_alone() -> None:
    entry = build_entry(VERDICT, CASE, AT)
    assert entry is not None
    now, later = entry.match(AT), entry.match(AT + DAY)
    assert now is not None and (now.level, now.case) == (Level.SUSPECTED, CaseStatus.FILED)
    assert later is not None and (later.level, later.case) == (Level.CLEAR, CaseStatus.FILED)
    assert entry.match(AT + 2 * DAY) is None
    assert build_entry([], CASE, AT) == SnapshotEntry(
        Level.CLEAR, until=AT + 2 * DAY, case=CaseStatus.FILED, organization="a made-up police station"
    )


def test_a_case_that_ends_leaves_the_verdict_as_it_was() -> None:
    entry = build_entry(VERDICT, msgspec.structs.replace(CASE, until=AT + DAY // 2), AT)
    assert entry is not None
    after = entry.match(AT + DAY // 2)
    assert after is not None and (after.level, after.case) == (Level.SUSPECTED, CaseStatus.NONE)


def test_a_scope_declared_clear_stays_so_inside_a_wider_suspicion() -> None:
    found = fuse_subject(
        [piece(confidence=1.0), decision(Level.CLEAR, scope=VerdictScope(service="text"))], AT, Policy()
    )
    entry = build_entry(found, None, AT)
    assert entry is not None
    text, voice = entry.match(AT, service="text"), entry.match(AT, service="voice")
    assert text is not None and voice is not None
    assert (text.level, voice.level) == (Level.CLEAR, Level.SUSPECTED)
