"""A replay in a terminal: headline, outcomes, maturities; rows that were not used are told."""

import io
from pathlib import Path

import msgspec
from rich.console import Console
from tests.analyze.replay.material import result

from fanzha.analyze.replay.cases import NO_LOSS, CaseReject
from fanzha.cli._replay_output import print_replay


def test_headline_maturities_and_rejects_are_printed(tmp_path: Path) -> None:
    shown = msgspec.structs.replace(
        result(4, 8, live=3),
        outcomes={"found": 4, "not_covered": 1},
        gaps={"no_traffic": 1},
        rejected=[CaseReject(7, NO_LOSS)],
    )
    text = io.StringIO()
    print_replay(Console(file=text, width=200), shown, tmp_path)
    output = text.getvalue()
    assert "Of the 8 cases within the records, 4" in output and "3 of them a live one" in output
    assert "首笔损失前发现 found before the first loss" in output
    assert "no number or account of the case occurs in the records before the loss" in output
    assert "such as row 7: no usable time of the first loss" in output
    assert "replay.html" in output.replace("\n", "")
