"""What is gathered by the million is listed as if each subject had been fused alone."""

from itertools import groupby

import msgspec
import pytest
from hypothesis import given
from tests.claims.evidence import AT, DAY, NUMBER, piece, pieces
from tests.claims.snapshots import SALT

from fanzha.claims.allowlist import AllowlistEntry, OriginKind
from fanzha.claims.contents_builder import ContentsBuilder
from fanzha.claims.evidence import OPINION, Evidence
from fanzha.claims.evidence_collector import EvidenceCollector
from fanzha.claims.fusion import fuse_subject
from fanzha.claims.policy import Policy
from fanzha.claims.snapshot import SnapshotFile, SnapshotHead, compile_base
from fanzha.claims.snapshot_entry import SnapshotEntry, build_entry
from fanzha.claims.url_expressions import url_hash
from fanzha.claims.verdict import Case, CaseStatus, Level
from fanzha.screen.mapped_snapshot import MappedSnapshot

OURS = Policy(organization="a made-up carrier")


def mapped(listing: ContentsBuilder) -> MappedSnapshot:
    head = SnapshotHead(what="base", sequence=1, created_at=AT, salt=SALT)
    return MappedSnapshot(SnapshotFile(memoryview(b"".join(compile_base(listing.build(), head))), "made up"))


def gathered(found: list[Evidence], *cases: Case, **spared: AllowlistEntry) -> MappedSnapshot:
    one = EvidenceCollector(AT, OURS)
    one.add(found)
    one.add_cases(cases)
    return mapped(one.build_contents({each.number: [each] for each in spared.values()}))


@given(pieces)
def test_every_subject_is_listed_as_if_it_were_alone(found: list[Evidence]) -> None:
    longer = [one._replace(until=one.until + DAY * (1 + at % 2)) for at, one in enumerate(found)]
    real = [one for one in longer if not one.simulated]
    snapshot = gathered(longer)
    alone = {
        subject: build_entry(fuse_subject(list(each), AT, OURS), None, AT)
        for subject, each in groupby(sorted(real), lambda one: one.subject)
    }
    for subject in (NUMBER, "95588", "+8617000000009"):
        entry, other = snapshot.number(subject), alone.get(subject)
        assert entry == (rounded(other) if other else None)


def rounded(entry: SnapshotEntry) -> SnapshotEntry:
    hour = 3_600_000
    also = rounded(entry.next_scope) if entry.next_scope else None
    return entry._replace(next_scope=also, until=entry.until if entry.until > 1 << 50 else entry.until // hour * hour)


def test_made_up_evidence_is_taken_only_when_it_is_wanted() -> None:
    made_up = [piece(simulated=True, confidence=1.0)]
    for wanted, listed in ((False, False), (True, True)):
        one = EvidenceCollector(AT, OURS, simulated=wanted)
        one.add(made_up)
        entry = mapped(one.build_contents()).number(NUMBER)
        assert (entry is not None and entry.simulated) is listed
        assert (one.used, one.dropped) == (int(wanted), int(not wanted))


def test_what_has_not_begun_is_dropped() -> None:
    one = EvidenceCollector(AT, OURS)
    one.add([piece(confidence=1.0, at=AT + 1)])
    assert (one.used, one.dropped) == (0, 1)


CASE = Case(
    subject_kind="short_code",
    subject="95588",
    status=CaseStatus.FILED,
    body="a made-up police station",
    reference="no. 7",
    at=AT - DAY,
)


def test_cases_are_listed_beside_evidence_and_alone() -> None:

    other = msgspec.structs.replace(CASE, subject_kind="phone_number", subject=NUMBER)
    host = msgspec.structs.replace(CASE, subject_kind="sender", subject="made up")
    snapshot = gathered([piece(confidence=1.0)], CASE, other, host)
    suspect, short, sender = snapshot.number(NUMBER), snapshot.number("95588"), snapshot.look_up("sender", "made up")
    assert suspect is not None and (suspect.level, suspect.case) == (Level.SUSPECTED, CaseStatus.FILED)
    assert short is not None and (short.level, short.case) == (Level.CLEAR, CaseStatus.FILED)
    assert sender is not None and sender.case is CaseStatus.FILED


def test_of_two_cases_on_a_subject_the_later_counts() -> None:

    ended = msgspec.structs.replace(CASE, status=CaseStatus.WITHDRAWN, at=AT - 1)
    entry = gathered([], ended, CASE).number("95588")
    assert entry is not None and entry.case is CaseStatus.WITHDRAWN


def test_a_spared_number_is_not_listed() -> None:
    spared = AllowlistEntry(NUMBER, OriginKind.TRUNK, "T", "a made-up hospital", "contract 7")
    assert gathered([piece(confidence=1.0)], one=spared).number(NUMBER) is None
    assert gathered([piece(confidence=1.0)]).number(NUMBER) is not None


@pytest.mark.parametrize(
    ("kind", "value", "expression"),
    [
        ("website", "fraud.example", "fraud.example/"),
        ("host", "192.0.2.7", "192.0.2.7/"),
        ("host", "2001:db8::7", "[2001:db8::7]/"),
    ],
)
def test_hosts_are_listed_as_links_too(kind: str, value: str, expression: str) -> None:
    snapshot = gathered([piece(subject_kind=kind, subject=value, source=OPINION, by="b", confidence=0.9)])
    ((whole, entry),) = snapshot.urls(url_hash(expression)[:4])
    assert whole == url_hash(expression) and entry == snapshot.look_up(kind, value)


def test_nothing_gathered_lists_nothing() -> None:
    assert gathered([]).head.facts["numbers"] == 0
    assert gathered([piece(subject_kind="host", subject="AS64512", confidence=1.0)]).urls(b"") == []
