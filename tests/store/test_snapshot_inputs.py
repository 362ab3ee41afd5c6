"""A build takes findings, opinions and cases that are named and every list of the state folder."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.claims.snapshots import AT
from tests.findings import finding

from fanzha.claims import Mode
from fanzha.claims.allowlist import Trigger
from fanzha.claims.finding import to_table
from fanzha.claims.policy import Policy
from fanzha.claims.rule_lifecycle import RuleState, RuleStep
from fanzha.claims.url_expressions import url_hash
from fanzha.claims.verdict import CaseStatus, Level
from fanzha.screen.mapped_snapshot import MappedSnapshot
from fanzha.store.rule_texts import RuleTexts
from fanzha.store.snapshot_inputs import SnapshotInputs, fuse_inputs, load_live_rules
from fanzha.store.snapshots import SnapshotStore

ONE, OTHER = "+8617000000001", "+8617000000002"
OURS = Policy(organization="a made-up carrier")


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path / "home"))
    (tmp_path / "home" / "lists").mkdir(parents=True)
    return tmp_path / "home"


@pytest.fixture
def found(tmp_path: Path) -> Path:
    folder = tmp_path / "results"
    folder.mkdir()
    common = {"subject_kind": "phone_number", "score": 0.9, "valid_until": AT + 86_400_000, "found_at": AT - 1}
    rows = [
        finding(mode=Mode.LIVE, subject=ONE, **common),
        finding(mode=Mode.LIVE, subject=OTHER, simulated=True, **common),
        finding(mode=Mode.SHADOW, subject="+8617000000003", **common),
    ]
    pq.write_table(to_table(rows), folder / "findings.parquet")
    return folder


def published(inputs: SnapshotInputs, *, simulated: bool = False) -> MappedSnapshot:
    store = SnapshotStore()
    store.publish_base(fuse_inputs(inputs, AT, OURS, store.salt, simulated=simulated).contents, at=AT)
    state = store.state()
    assert state is not None
    return MappedSnapshot(state.base)


def test_live_findings_are_fused_and_made_up_ones_only_when_wanted(found: Path) -> None:
    mapped = published(SnapshotInputs((found,)))
    one = mapped.number(ONE)
    assert one is not None and (one.level, one.organization) == (Level.SUSPECTED, "a made-up carrier")
    assert mapped.number(OTHER) is None and mapped.number("+8617000000003") is None and not mapped.head.simulated
    assert published(SnapshotInputs((found,)), simulated=True).head.simulated


def test_opinions_and_cases_are_added(found: Path, tmp_path: Path) -> None:
    opinions, cases = tmp_path / "o.csv", tmp_path / "c.csv"
    opinions.write_text(f"organisation,subject,level,given_at\na made-up bank,{OTHER},suspected,2026-01-01\n", "utf-8")
    cases.write_text(f"subject,status,body,at\n{ONE},filed,a made-up police station,2026-01-01\n", "utf-8")
    mapped = published(SnapshotInputs((found,), (opinions,), (cases,)))
    one, other = mapped.number(ONE), mapped.number(OTHER)
    assert one is not None and one.case is CaseStatus.FILED
    assert other is not None and other.level is Level.WATCH


def test_the_lists_of_the_state_folder_are_in_it(found: Path, home: Path) -> None:
    lists = home / "lists"
    (lists / "spared.csv").write_text(
        f"number,origin_kind,origin,owner,proof\n{ONE},trunk,T,a made-up hospital,contract\n", "utf-8"
    )
    (lists / "do_not_originate.csv").write_text("number,owner,basis\n95588,a made-up bank,its word\n", "utf-8")
    (lists / "urls.txt").write_text("fraud.example\n", "utf-8")
    (home / "tables").mkdir()
    (home / "tables" / "roaming.csv").write_text(f"number,roaming,until\n{OTHER},proven,2027-01-01\n", "utf-8")
    mapped = published(SnapshotInputs((found,)))
    assert mapped.number(ONE) is None
    assert mapped.lists.allowlist.entry(Trigger(ONE, trunk="T"), AT) is not None
    entry = mapped.lists.inbound_only(10**15 + 95588, AT)
    assert entry is not None and entry.owner == "a made-up bank"
    assert mapped.lists.roaming(8617000000002, AT) is True and mapped.lists.roaming(8617000000001, AT) is None
    assert "110" in mapped.lists.protected
    ((whole, link),) = mapped.urls(url_hash("fraud.example/")[:4])
    assert whole == url_hash("fraud.example/") and link.level is Level.SUSPECTED


def test_running_rules_go_along_with_their_steps_and_lists(home: Path) -> None:
    texts = RuleTexts()
    text = "made up"  # texts are checked where they are added
    texts.add("burst", text, at=AT, by="a made-up operator", why="a test")
    assert load_live_rules().rules == ()
    for state in (RuleState.BACKTEST, RuleState.WARMING):
        texts.move("burst", RuleStep(state=state, at=AT, by="a made-up operator", why="a test"))
    (home / "lists" / "own.txt").write_text("95588\n", "utf-8")
    known = published(SnapshotInputs()).lists.rules
    assert [(one.rule, one.text, one.step.state) for one in known.rules] == [("burst", text, RuleState.WARMING)]
    assert known.lists == {"own": ("95588",)} and known.default.subjects_an_hour == 100


def test_limited_to_some_subjects_it_says_of_each_what_holds_now(found: Path) -> None:
    only = [("phone_number", ONE), ("phone_number", OTHER), ("host", "a.example")]
    store = SnapshotStore()
    contents = fuse_inputs(SnapshotInputs((found,), only=only), AT, OURS, store.salt).contents
    assert dict(zip(contents.keys.tolist(), (contents.rows > 0).tolist(), strict=True)) == {
        8617000000001: True,
        8617000000002: False,
    }
    assert contents.other_subjects == {("host", "a.example"): 0} and contents.lists == () and contents.urls is None
