"""The account of a run says what became of the input, and ends it with the right status."""

import pytest

from fanzha.analyze.summary import SourceSummary, Summary
from fanzha.base.errors import NothingUsable, RejectsFound


def summary(*paths: str, used: int = 1, rejects: int = 0) -> Summary:
    return Summary(
        "0", 0, sources=[SourceSummary(path, "csv", used=used) for path in paths], rejects=rejects, out="out"
    )


def test_names_leave_out_what_all_paths_share() -> None:
    assert summary("/a/b/x.csv", "/a/b/c/y.csv").names() == ["x.csv", "c/y.csv"]
    assert summary("/a/b/x.csv").names() == ["x.csv"]
    assert summary("x.csv").names() == ["x.csv"]
    assert summary().names() == []


def test_rejects_matter_only_under_strict() -> None:
    summary("x", rejects=2).check(strict=False)
    with pytest.raises(RejectsFound, match="2 rows"):
        summary("x", rejects=2).check(strict=True)


def test_nothing_used_is_an_error_of_its_own_status() -> None:
    with pytest.raises(NothingUsable) as error:
        summary("x", used=0).check(strict=False)
    assert error.value.exit_code == 3
