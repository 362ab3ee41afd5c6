"""Settings of the prober say what is wrong with them."""

from pathlib import Path

import pytest

from fanzha.base.errors import UsageError
from fanzha.store.probe_settings import load_prober_settings


@pytest.mark.parametrize(
    "text",
    [
        'control = "www.example"',
        'control = "www.example"\n[[prober.vantage]]\nname = "east"',
        'control = "www.example"\n[[prober.vantage]]\nname = "east"\nresolver = "nowhere"',
        'control = "www.example"\n' + '[[prober.vantage]]\nname = "east"\nresolver = "192.0.2.1:53"\n' * 2,
    ],
)
def test_wrong_settings_are_named_with_their_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "fanzha.toml").write_text(f"[prober]\n{text}\n")
    with pytest.raises(UsageError, match=r"fanzha.toml, \[prober\]"):
        load_prober_settings(tmp_path)


def test_without_the_table_nothing_is_probed(tmp_path: Path) -> None:
    assert load_prober_settings(tmp_path) is None
