"""Of several scopes the narrowest that still holds and covers what is asked is the answer."""

import msgspec
from tests.claims.evidence import DAY, NUMBER, decision, piece
from tests.claims.snapshots import AT

from fanzha.claims.entry import Entry, entry_of
from fanzha.claims.fusion import fuse_subject
from fanzha.claims.policy import Policy
from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import Case, CaseStatus, Level, Scope

WIDE = Entry(Level.WATCH, until=AT + 10)
NARROW = Entry(Level.SUSPECTED, Treatment.LABEL, until=AT + 5, service="voice", also=WIDE)


def test_the_narrowest_entry_that_holds_is_given() -> None:
    assert NARROW.holding(AT, service="voice") is NARROW
    assert NARROW.holding(AT, service="text") is WIDE
    assert NARROW.holding(AT + 5, service="voice") is WIDE
    assert NARROW.holding(AT + 10, service="voice") is None


def test_an_entry_for_one_service_says_nothing_where_the_service_is_not_known() -> None:
    assert NARROW._replace(also=None).holding(AT) is None
    assert NARROW.scope == Scope(service="voice")


def test_the_hardest_is_told_to_whoever_asks_without_a_call() -> None:
    assert NARROW.hardest(AT) is NARROW
    assert NARROW.hardest(AT + 5) is WIDE
    assert NARROW.hardest(AT + 10) is None


def test_people_are_told_level_type_and_case_and_nothing_else() -> None:
    told = NARROW._replace(fraud_type="brushing", case=CaseStatus.CONFIRMED).words
    assert told == ("涉诈嫌疑，刷单返利，公安认定涉案", "suspected, brushing and rebate tasks, confirmed by the police")
    assert WIDE.words == ("关注", "watch")


VERDICT = fuse_subject([piece(sure=1.0)], AT, Policy(organisation="a made-up carrier"))
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
    entry = entry_of(VERDICT, None, AT)
    assert entry == Entry(
        Level.SUSPECTED, Treatment.LABEL, "brushing", AT + DAY, organisation="a made-up carrier", also=None
    )


def test_whoever_is_clear_or_clear_within_the_hour_is_not_listed() -> None:
    assert entry_of(fuse_subject([piece(sure=0.1)], AT, Policy()), None, AT) is None
    assert entry_of(fuse_subject([piece(sure=1.0, until=AT + 3_599_999)], AT, Policy()), None, AT) is None
    assert entry_of([], None, AT) is None


def test_a_police_case_stands_beside_the_verdict_and_alone() -> None:
    entry = entry_of(VERDICT, CASE, AT)
    assert entry is not None
    now, later = entry.holding(AT), entry.holding(AT + DAY)
    assert now is not None and (now.level, now.case) == (Level.SUSPECTED, CaseStatus.FILED)
    assert later is not None and (later.level, later.case) == (Level.CLEAR, CaseStatus.FILED)
    assert entry.holding(AT + 2 * DAY) is None
    assert entry_of([], CASE, AT) == Entry(
        Level.CLEAR, until=AT + 2 * DAY, case=CaseStatus.FILED, organisation="a made-up police station"
    )


def test_a_case_that_ends_leaves_the_verdict_as_it_was() -> None:
    entry = entry_of(VERDICT, msgspec.structs.replace(CASE, until=AT + DAY // 2), AT)
    assert entry is not None
    after = entry.holding(AT + DAY // 2)
    assert after is not None and (after.level, after.case) == (Level.SUSPECTED, CaseStatus.NONE)


def test_a_scope_declared_clear_stays_so_inside_a_wider_suspicion() -> None:
    found = fuse_subject([piece(sure=1.0), decision(Level.CLEAR, scope=Scope(service="text"))], AT, Policy())
    entry = entry_of(found, None, AT)
    assert entry is not None
    text, voice = entry.holding(AT, service="text"), entry.holding(AT, service="voice")
    assert text is not None and voice is not None
    assert (text.level, voice.level) == (Level.CLEAR, Level.SUSPECTED)
