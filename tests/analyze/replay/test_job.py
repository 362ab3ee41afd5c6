"""A replay writes its tables and report beside those of the analysis, and names rules by their titles."""

from pathlib import Path

from fanzha.analyze.pipeline import Options
from fanzha.analyze.replay import ReplayRequest, replay
from fanzha.analyze.replay.job import rule_title
from fanzha.base.words import Words

CASES = "案件编号,涉案号码,首笔转账时间\nA-1,icbc-verify.example,2026-03-05 12:00\n"
SITES = "域名,发现时间\nicbc-verify.example,2026-03-02 09:00:00\ngarden-tools.example,2026-03-06 09:00:00\n"


class Stages:
    def __init__(self) -> None:
        self.names: list[str] = []

    def stage(self, words: str, total: int | None) -> None:
        self.names.append(words)

    def advance(self, steps: int = 1) -> None:
        """Steps are not looked at."""


def test_a_replay_shows_its_progress_and_is_the_same_when_repeated(tmp_path: Path) -> None:
    (tmp_path / "cases.csv").write_text(CASES, "utf-8")
    (tmp_path / "sites.csv").write_text(SITES, "utf-8")
    options = Options((tmp_path / "sites.csv",), tmp_path / "out", detectors=("lookalike-website",))
    stages = Stages()
    first = replay(ReplayRequest(tmp_path / "cases.csv", options), stages)
    assert stages.names[-1] == "对照案件 matching cases"
    assert (first.covered, first.together.found.part, first.by_way) == (1, 1, {"suspect": 1})
    assert replay(ReplayRequest(tmp_path / "cases.csv", options), Stages()).views == first.views
    assert not (tmp_path / "out" / ".work").exists()


def test_a_finding_longer_before_the_loss_than_the_span_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "cases.csv").write_text(CASES, "utf-8")
    (tmp_path / "sites.csv").write_text(SITES, "utf-8")
    options = Options((tmp_path / "sites.csv",), tmp_path / "out", detectors=("lookalike-website",))
    result = replay(ReplayRequest(tmp_path / "cases.csv", options, span_ms=3_600_000), Stages())
    assert result.outcomes["found"] == 0 and result.gaps == {"no_traffic": 1}


def test_a_rule_is_named_by_its_title_and_an_unknown_one_by_its_detector() -> None:
    assert rule_title("victim_of_box", "victim-at-risk").zh == "疑似正在受骗：与群呼号码反复长时间通话"
    assert rule_title("own", "outside") == Words("outside", "outside")
