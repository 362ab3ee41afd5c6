"""Nothing happens to a rule without a line that says who, when, what and why; old texts stay; faults are named."""

import fcntl
import threading
from pathlib import Path

import pytest

from fanzha.base.errors import UsageError
from fanzha.base.ids import digest
from fanzha.claims.rule_lifecycle import RuleState, RuleStep
from fanzha.store.rule_texts import RuleText, RuleTexts

OLD, NEW = "rule burst  # old\n", "rule burst  # new\r\n"
WAY = (RuleState.BACKTEST, RuleState.WARMING, RuleState.SHADOW, RuleState.SHARE, RuleState.LIVE)


@pytest.fixture
def texts(tmp_path: Path) -> RuleTexts:
    return RuleTexts(tmp_path)


def add(texts: RuleTexts, text: str = OLD, rule: str = "burst") -> None:
    texts.add(rule, text, at=1, by="Lin", why="seen in the field")


def step(state: RuleState, at: int = 2) -> RuleStep:
    return RuleStep(state=state, at=at, by="Wang", why="agreed", share=0.1 if state is RuleState.SHARE else 0.0)


def states(texts: RuleTexts) -> dict[str, RuleState]:
    return {one.text: one.step.state for one in texts.list_texts()}


def go_live(texts: RuleTexts) -> None:
    for state in WAY:
        texts.move("burst", step(state))


def test_a_new_text_is_a_draft_kept_as_it_was_written(texts: RuleTexts) -> None:
    add(texts, NEW)
    (held,) = texts.list_texts()
    assert (held.rule, held.step.state, held.newest) == ("burst", RuleState.DRAFT, True)
    assert texts.text(held.text) == NEW
    assert (texts.folder / "burst.rule").read_bytes() == NEW.encode()


def test_the_history_says_who_when_what_why_and_both_texts(texts: RuleTexts) -> None:
    add(texts)
    add(texts, NEW)
    texts.move("burst", step(RuleState.BACKTEST))
    texts.move("burst", step(RuleState.RETIRED))
    assert [(one.what, one.before, one.text, one.step.by, one.step.at) for one in texts.history("burst")] == [
        ("add", None, digest(OLD), "Lin", 1),
        ("change", digest(OLD), digest(NEW), "Lin", 1),
        ("promote", digest(NEW), digest(NEW), "Wang", 2),
        ("retire", digest(NEW), digest(NEW), "Wang", 2),
    ]
    assert texts.history("burst")[0].step.why == "seen in the field"


def test_an_old_text_runs_on_until_the_new_one_goes_live(texts: RuleTexts) -> None:
    add(texts)
    go_live(texts)
    add(texts, NEW)
    assert states(texts) == {digest(OLD): RuleState.LIVE, digest(NEW): RuleState.DRAFT}
    for state in WAY[:-1]:
        texts.move("burst", step(state))
    assert states(texts)[digest(OLD)] is RuleState.LIVE
    texts.move("burst", step(RuleState.LIVE))
    assert states(texts) == {digest(OLD): RuleState.RETIRED, digest(NEW): RuleState.LIVE}
    assert texts.history()[-1].step.why.startswith(f"replaced by text {digest(NEW)[:8]}")


def test_an_older_text_is_moved_by_the_beginning_of_its_digest(texts: RuleTexts) -> None:
    add(texts)
    add(texts, NEW)
    texts.move("burst", step(RuleState.BACKTEST), text=digest(OLD)[:8])
    assert states(texts) == {digest(OLD): RuleState.BACKTEST, digest(NEW): RuleState.DRAFT}
    with pytest.raises(UsageError, match="there are"):
        texts.move("burst", step(RuleState.BACKTEST), text="ffffffff")


def test_the_same_text_is_not_added_twice_and_a_running_one_is_never_made_a_draft(texts: RuleTexts) -> None:
    add(texts)
    with pytest.raises(UsageError, match="there already, as draft"):
        add(texts)
    go_live(texts)
    add(texts, NEW)
    with pytest.raises(UsageError, match="there already, as live"):
        add(texts)


def test_a_retired_older_text_can_be_added_again_as_a_draft(texts: RuleTexts) -> None:
    add(texts)
    texts.move("burst", step(RuleState.RETIRED))
    add(texts, NEW)
    add(texts)
    assert states(texts) == {digest(OLD): RuleState.DRAFT, digest(NEW): RuleState.DRAFT}
    assert [one.newest for one in texts.list_texts()] == [True, False]


def test_a_refused_step_writes_nothing(texts: RuleTexts) -> None:
    add(texts)
    before = (texts.folder / "history.jsonl").read_bytes()
    for wrong in (step(RuleState.LIVE), RuleStep(state=RuleState.BACKTEST, at=2, by="", why="x")):
        with pytest.raises(UsageError):
            texts.move("burst", wrong)
    assert (texts.folder / "history.jsonl").read_bytes() == before


def test_a_step_is_checked_under_the_lock_of_the_move(texts: RuleTexts) -> None:
    add(texts)
    before = texts.history()

    def check(chosen: RuleText) -> None:
        assert chosen.text == digest(OLD)
        with (texts.folder / ".lock").open("rb+") as lock, pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        raise UsageError("not yet")

    with pytest.raises(UsageError, match="not yet"):
        texts.move("burst", step(RuleState.BACKTEST), check=check)
    assert texts.history() == before


def test_an_unknown_rule_is_named(texts: RuleTexts) -> None:
    with pytest.raises(UsageError, match="no rule is called gone"):
        texts.move("gone", step(RuleState.BACKTEST))


@pytest.mark.parametrize("name", ["../burst", "a/b", "", "Burst", "a b", ".hidden"])
def test_a_name_cannot_lead_out_of_the_folder(texts: RuleTexts, name: str) -> None:
    with pytest.raises(UsageError, match="no rule's name"):
        add(texts, rule=name)


def test_a_file_edited_by_hand_is_seen_and_does_not_change_what_runs(texts: RuleTexts) -> None:
    add(texts)
    assert not texts.is_edited(texts.select("burst"))
    (texts.folder / "burst.rule").write_text("rule burst  # edited\n")
    assert texts.is_edited(texts.select("burst"))
    assert texts.text(texts.list_texts()[0].text) == OLD
    (texts.folder / "burst.rule").unlink()
    assert texts.is_edited(texts.select("burst"))


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"{", "line 2: Input data was truncated"),
        (b'{"rule": 7}', "line 2: Expected `str`, got `int`"),
        (b"\xff", "line 2: "),
    ],
)
def test_a_broken_history_names_line_and_fault(texts: RuleTexts, line: bytes, why: str) -> None:
    add(texts)
    with (texts.folder / "history.jsonl").open("ab") as file:
        file.write(line)
    with pytest.raises(UsageError, match="restore the file") as raised:
        texts.list_texts()
    assert why in str(raised.value)


def test_a_history_in_which_a_state_was_skipped_is_broken(texts: RuleTexts) -> None:
    add(texts)
    texts.move("burst", step(RuleState.BACKTEST))
    path = texts.folder / "history.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"backtest"', b'"live"'))
    with pytest.raises(UsageError, match="line 2: a rule in state draft cannot become live"):
        texts.list_texts()


def test_a_kept_text_that_was_changed_or_lost_is_named(texts: RuleTexts) -> None:
    add(texts)
    kept = texts.folder / "history" / f"{digest(OLD)}.rule"
    kept.write_text("rule burst  # tampered with\n")
    with pytest.raises(UsageError, match="is not the text that was added"):
        texts.text(digest(OLD))
    kept.unlink()
    with pytest.raises(UsageError, match="cannot be read"):
        texts.text(digest(OLD))


def test_all_files_are_their_owners_alone(texts: RuleTexts) -> None:
    add(texts)
    modes = {path.stat().st_mode & 0o777 for path in texts.folder.rglob("*") if path.is_file()}
    assert modes == {0o600}


def test_two_at_a_time_lose_nothing(texts: RuleTexts) -> None:
    def add_many(who: str) -> None:
        for number in range(10):
            RuleTexts(texts.folder.parent).add(f"{who}{number}", OLD, at=1, by=who, why="at once")

    writers = [threading.Thread(target=add_many, args=(who,)) for who in "abc"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(texts.history()) == len(texts.list_texts()) == 30


def test_an_empty_state_folder_has_no_rules_and_stays_untouched(texts: RuleTexts) -> None:
    assert texts.history() == [] and texts.list_texts() == []
    assert not texts.folder.exists()


def test_another_text_of_a_rule_needs_another_version(texts: RuleTexts) -> None:
    text = "rule burst on call_ended when count(call_ended by caller, 1h) >= 30 then find caller_or_trunk score 0.7\n"
    texts.add("burst", text, at=1, by="Lin", why="seen in the field")
    texts.check_version("burst", 1, text)
    texts.check_version("burst", 2, text.replace("30", "40"))
    with pytest.raises(UsageError, match="another text of burst has version 1"):
        texts.check_version("burst", 1, text.replace("30", "40"))
