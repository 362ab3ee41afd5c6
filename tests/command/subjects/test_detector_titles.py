"""A page tells a detector by its title, whichever way its name is written."""

from pathlib import Path

import pytest
from django.utils.translation import override

from fanzha.command.subjects.detector_titles import detector_title
from fanzha.detect import call_centre_burst


def test_titles_are_in_the_readers_language() -> None:
    with override("en"):
        assert detector_title("sim-box") == detector_title("sim_box") != "sim-box"
    with override("zh-hans"):
        assert detector_title("sim-box").isascii() is False


def test_what_is_not_known_here_is_told_by_its_name() -> None:
    assert detector_title("their_own-detector") == "their own detector"


def test_a_rule_that_the_operator_wrote_has_the_title_of_its_text(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    (tmp_path / "rules").mkdir()
    text = call_centre_burst.DETECTOR.text.replace("rule call_centre_burst", "rule own_burst")
    (tmp_path / "rules" / "own_burst.rule").write_text(text)
    (tmp_path / "rules" / "torn.rule").write_text("rule {")
    with override("zh-hans"):
        assert detector_title("own-burst") == call_centre_burst.DETECTOR.title.zh
    assert detector_title("torn") == "torn"
    assert detector_title("../rules/own_burst") == "../rules/own burst"
