"""The first screen says how many were found, whom to turn to first, and what to do next."""

from fanzha.analyze.report.story import build_story
from fanzha.analyze.summary import SourceSummary, Summary

SOURCE = SourceSummary("calls.csv", "csv", read=1_000, used=1_000)


def test_counts_and_steps_follow_what_was_found() -> None:
    summary = Summary(
        version="0",
        started_at=0,
        sources=[SOURCE],
        suspects=4,
        to_warn=1,
        suspects_by_maturity={"live": 1, "shadow": 3},
        rejects=2,
    )
    story = build_story(summary, [], [])
    assert story.found.en == "Found 4 suspects and 1 possible victim of fraud in 1,000 rows of records."
    assert story.found.zh == "在 1,000 行记录中发现 4 个可疑对象、1 人可能正在受骗。"
    steps = [step.en.split()[0] for step in story.steps]
    assert steps == ["Call", "Have", "Take", "Mend", "Work"]
    assert "check the 1 suspect of" in story.steps[1].en and "other 3 suspects" in story.steps[2].en


def test_nothing_found_is_not_called_safe() -> None:
    story = build_story(Summary(version="0", started_at=0, sources=[SOURCE]), [], [])
    assert "That does not mean safe" in story.found.en and "不等于安全" in story.found.zh
    assert story.steps == () and story.first == ()
