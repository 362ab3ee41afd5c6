"""Only addresses that the operator lists are endpoints."""

import pytest

from fanzha.base.errors import UsageError
from fanzha.command.research.research_settings import load_research_settings
from fanzha.store.state_folder import state_folder

pytestmark = pytest.mark.usefixtures("home")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:8500/predict", True),
        ("http://127.0.0.1:8501/predict", False),
        ("http://127.0.0.1:8500@evil.example/", False),
        ("http://user@127.0.0.1:8500/", False),
        ("file:///etc/passwd", False),
        ("http://[", False),
    ],
    ids=["listed", "port", "user part", "user", "file", "broken"],
)
def test_an_endpoint_is_listed_by_scheme_host_and_port(url: str, expected: bool) -> None:
    (state_folder() / "fanzha.toml").write_text('[research.endpoints]\nP1 = ["http://127.0.0.1:8500"]\n')
    settings = load_research_settings()
    assert settings.is_endpoint(url, "P1") is expected and not settings.is_endpoint(url, "P2")


def test_a_threshold_below_three_is_an_error_with_its_place() -> None:
    (state_folder() / "fanzha.toml").write_text("[research]\nleast_cell = 1\n")
    with pytest.raises(UsageError, match="least_cell"):
        load_research_settings()
