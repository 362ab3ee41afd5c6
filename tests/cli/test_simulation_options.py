"""The options of a simulation are checked before anything is made."""

from pathlib import Path

import pytest

from fanzha.base.errors import UsageError
from fanzha.cli._simulation_options import simulation_settings
from fanzha.simulate import Settings


def asked(
    *, start: str = "2026-03-02", attackers: str = "0,1", parameters: tuple[str, ...] = (), limits: Path | None = None
) -> Settings:
    return simulation_settings(100, 2, 1, start, attackers, parameters, limits)


def test_options_become_settings(tmp_path: Path) -> None:
    (tmp_path / "limits.toml").write_text("[simbox]\ncards_per_cell = 5\n")
    settings = asked(attackers="3, 0", parameters=("gangs=2", "simbox.cards=64"), limits=tmp_path / "limits.toml")
    assert settings.attackers == (0, 3)
    assert settings.parameters == {"gangs": 2.0, "simbox.cards": 64.0}
    assert settings.limits == {"simbox": {"cards_per_cell": 5.0}}
    assert settings.start_ms == 1_772_380_800_000  # midnight in Beijing


@pytest.mark.parametrize("attackers", ["4", "", "one", "0;1"])
def test_levels_that_are_none_are_a_usage_error(attackers: str) -> None:
    with pytest.raises(UsageError, match="attackers"):
        asked(attackers=attackers)


@pytest.mark.parametrize("strength", ["gangs", "gangs=", "=3", "gangs=many", "gangs=-1", "gangs=inf", "gangs=nan"])
def test_a_strength_without_key_or_value_is_a_usage_error(strength: str) -> None:
    with pytest.raises(UsageError, match="strength"):
        asked(parameters=(strength,))


@pytest.mark.parametrize("start", ["yesterday", "2026-13-01", "2026-03-02T08:00"])
def test_a_start_that_is_no_day_is_a_usage_error(start: str) -> None:
    with pytest.raises(UsageError, match="start"):
        asked(start=start)


@pytest.mark.parametrize("text", ["simbox = 3", "[simbox", "[simbox]\ncards_per_cell = 'five'"])
def test_a_file_of_limits_that_is_none_is_a_usage_error(text: str, tmp_path: Path) -> None:
    (tmp_path / "limits.toml").write_text(text)
    with pytest.raises(UsageError, match="limits.toml"):
        asked(limits=tmp_path / "limits.toml")
