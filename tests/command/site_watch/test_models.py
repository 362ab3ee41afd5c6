"""A candidate and a fork are shown by their names."""

from fanzha.command.site_watch.models import CandidateSite, ForkEvidence


def test_names() -> None:
    assert str(CandidateSite(subject="a.example")) == "a.example"
    assert str(ForkEvidence(log_name="demo")) == "demo"
