"""Each look is a process of its own: a URL is never read as an option, and nothing runs unless looks are enabled."""

from pathlib import Path

import pytest

from fanzha.base.errors import UsageError
from fanzha.collect.pages.looker import look_command, run


def test_a_url_is_no_option() -> None:
    command = look_command("--out=/etc", Path("/looks/1"))
    assert command[-2:] == ["--", "--out=/etc"] and command[-4:-2] == ["--out", "/looks/1"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [("", "not enabled"), ('[look]\nenabled = true\nbrowser = "/nowhere/chromium"\n', "/nowhere/chromium")],
    ids=["off", "no browser"],
)
def test_nothing_runs_unless_looks_can_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: str, message: str
) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    (tmp_path / "fanzha.toml").write_text(settings, "utf-8")
    with pytest.raises(UsageError, match=message):
        run()
    assert not (tmp_path / "look-queue").exists()
