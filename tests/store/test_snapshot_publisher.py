"""What is said of subjects now is served now, once, whatever else is being published, and links with their sites."""

from pathlib import Path

import pytest
from tests.claims.snapshots import AT

from fanzha.claims.allowlist import AllowlistEntry, OriginKind
from fanzha.claims.contents_builder import ContentsBuilder, build_contents
from fanzha.claims.evidence import Evidence, evidence_from_opinion
from fanzha.claims.fusion import fuse
from fanzha.claims.opinion import Opinion
from fanzha.claims.policy import Policy
from fanzha.claims.snapshot import Approval, SnapshotEntry
from fanzha.claims.treatment import Treatment
from fanzha.claims.url_expressions import url_hash
from fanzha.claims.verdict import Case, CaseStatus, Level
from fanzha.screen.mapped_snapshot import MappedSnapshot
from fanzha.store import snapshots as files
from fanzha.store.allowlist import write_approved
from fanzha.store.decisions import DecisionLog
from fanzha.store.snapshot_build import build_base
from fanzha.store.snapshot_inputs import SnapshotInputs, fuse_inputs
from fanzha.store.snapshot_publisher import SubjectState, publish_state_lists, publish_verdicts
from fanzha.store.snapshots import ChangeLimitExceeded, SnapshotStore
from fanzha.store.verdict_settings import VerdictSettings

ONE, OTHER = "+8617000000001", "+8617000000002"
SETTINGS = VerdictSettings(policy=Policy(organization="a made-up centre"))
WORD = Approval("two made-up persons", "an order", AT)
DAY_MS = 86_400_000


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    return tmp_path


def ordered(number: str, *, kind: str = "phone_number", simulated: bool = False) -> Opinion:
    return Opinion(
        organization="a made-up centre",
        subject_kind=kind,
        subject=number,
        level=Level.SUSPECTED,
        given_at=AT,
        until=AT + DAY_MS,
        decision=True,
        treatment=Treatment.REFUSE,
        basis="ATF Art. 32",
        simulated=simulated,
    )


def said(*opinions: Opinion) -> list[SubjectState]:
    pieces: list[Evidence] = [evidence_from_opinion(one) for one in opinions]
    verdicts = fuse(pieces, AT, SETTINGS.policy)
    return [SubjectState(one.subject_kind, one.subject, [one]) for one in verdicts]


def served(kind: str, value: str) -> SnapshotEntry | None:
    state = SnapshotStore().state()
    assert state is not None
    return MappedSnapshot(state.base, state.deltas).look_up(kind, value)


def treatment(number: str) -> Treatment | None:
    entry = served("phone_number", number)
    return entry and entry.treatment


def test_an_order_is_served_and_its_withdrawal_too() -> None:
    store = SnapshotStore()
    sent = publish_verdicts(store, said(ordered(ONE), ordered(OTHER)), SETTINGS, at=AT)
    assert (sent.changed, treatment(ONE), treatment(OTHER)) == (2, Treatment.REFUSE, Treatment.REFUSE)
    publish_verdicts(store, [SubjectState("phone_number", ONE)], SETTINGS, at=AT + 1)
    assert (treatment(ONE), treatment(OTHER)) == (None, Treatment.REFUSE)


def test_the_first_base_has_what_the_state_folder_says() -> None:
    DecisionLog().add({"an order": ordered(ONE)}, at=AT)
    publish_verdicts(SnapshotStore(), said(ordered(OTHER)), SETTINGS, at=AT)
    assert (treatment(ONE), treatment(OTHER)) == (Treatment.REFUSE, Treatment.REFUSE)


def test_what_stands_already_is_not_published_again() -> None:
    store = SnapshotStore()
    first = publish_verdicts(store, said(ordered(ONE)), SETTINGS, at=AT)
    again = publish_verdicts(store, said(ordered(ONE)), SETTINGS, at=AT + 1)
    assert (again.changed, again.current.sequence) == (0, first.current.sequence)
    assert again.current.confirmed_at == AT + 1


def test_a_police_case_alone_is_served() -> None:
    case = Case(subject_kind="account", subject="qq:12345678", status=CaseStatus.FILED, body="a made-up bureau", at=AT)
    publish_verdicts(SnapshotStore(), [SubjectState("account", "qq:12345678", case=case)], SETTINGS, at=AT)
    entry = served("account", "qq:12345678")
    assert entry is not None and (entry.level, entry.case) == (Level.CLEAR, CaseStatus.FILED)


def test_made_up_verdicts_count_only_where_they_are_wanted() -> None:
    made_up = said(ordered(ONE, simulated=True))
    assert publish_verdicts(SnapshotStore(), made_up, SETTINGS, at=AT).changed == 0
    assert publish_verdicts(SnapshotStore(), made_up, SETTINGS, at=AT, simulated=True).changed == 1


def test_more_than_the_limits_allow_needs_the_two_persons_of_an_order() -> None:
    store = SnapshotStore()
    store.publish_base(build_contents({}), at=AT)
    many = said(*(ordered(f"+861700000{place:04}") for place in range(101)))
    with pytest.raises(ChangeLimitExceeded):
        publish_verdicts(store, many, SETTINGS, at=AT)
    assert publish_verdicts(store, many, SETTINGS, at=AT, approval=WORD).changed == 101


def test_a_site_is_found_by_its_links_and_the_operators_own_links_stay(home: Path) -> None:
    (home / "lists").mkdir()
    (home / "lists" / "urls.txt").write_text("own-made-up.example\nboth-made-up.example\n")
    store = SnapshotStore()

    def links(host: str) -> list[Treatment]:
        state = store.state()
        assert state is not None
        found = MappedSnapshot(state.base, state.deltas).urls(url_hash(f"{host}/"))
        return [entry.treatment for _, entry in found]

    sites = [ordered(host, kind="website") for host in ("fraud-made-up.example", "both-made-up.example")]
    publish_verdicts(store, said(*sites), SETTINGS, at=AT)
    assert links("fraud-made-up.example") == links("both-made-up.example") == [Treatment.REFUSE]
    publish_verdicts(store, [SubjectState("website", one.subject) for one in sites], SETTINGS, at=AT)
    assert links("fraud-made-up.example") == []
    assert links("both-made-up.example") == links("own-made-up.example") == [Treatment.LABEL]


def test_a_base_is_made_of_what_is_served_when_one_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_CHANGES", 2)
    store = SnapshotStore()
    for place in range(5):
        publish_verdicts(store, said(ordered(f"+861700000000{place}")), SETTINGS, at=AT)
    current = store.current()
    assert current is not None and (current.base.name[:13], len(current.deltas)) == ("base-00000007", 1)
    assert {treatment(f"+861700000000{place}") for place in range(5)} == {Treatment.REFUSE}


def test_an_order_given_while_a_base_is_built_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    store = SnapshotStore()
    publish_verdicts(store, said(ordered(ONE)), SETTINGS, at=AT)
    DecisionLog().add({"one": ordered(ONE)}, at=AT)
    built = fuse_inputs(SnapshotInputs(), AT, SETTINGS.policy, store.salt)
    before = store.state()
    publish_verdicts(store, said(ordered(OTHER)), SETTINGS, at=AT)
    publish_verdicts(store, [SubjectState("phone_number", ONE)], SETTINGS, at=AT)
    store.publish_base(built.contents, at=AT, since=before)
    assert (treatment(ONE), treatment(OTHER)) == (None, Treatment.REFUSE)


def test_a_base_from_files_has_the_decisions_and_loses_what_was_withdrawn() -> None:
    kept, store = DecisionLog(), SnapshotStore()
    kept.add({"one": ordered(ONE), "other": ordered(OTHER)}, at=AT)
    kept.withdraw(["other"], at=AT)
    build_base(store, SnapshotInputs(), SETTINGS, AT)
    assert (treatment(ONE), treatment(OTHER)) == (Treatment.REFUSE, None)


def test_a_list_that_differs_is_published_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    store, settings = SnapshotStore(), VerdictSettings()
    assert publish_state_lists(store, settings, 1) == 0
    store.publish_base(ContentsBuilder().build(), at=1)
    publish_state_lists(store, settings, 2)
    write_approved([AllowlistEntry("+8617000001234", OriginKind.TRUNK, "LL-08", "a school", "letter 3")])
    assert publish_state_lists(store, settings, 3) == 1
    before = store.current()
    assert publish_state_lists(store, settings, 4) == 0 and store.current() == before
