"""The options that `simulate` and `scoreboard` share: people, days, seed, attackers."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from fanzha.base.clock import moment_ms
from fanzha.base.errors import Malformed, UsageError
from fanzha.base.toml_file import read_toml

if TYPE_CHECKING:
    from fanzha.simulate import Settings

_LIMITS_FIX = "write a table for each scenario: limit = number"

C = TypeVar("C", bound=Callable[..., Any])

_OPTIONS = (
    click.option("--subscribers", default=5_000, show_default=True, type=click.IntRange(50, 5_000_000), help="People."),
    click.option("--days", default=7, show_default=True, type=click.IntRange(1, 366), help="Days."),
    click.option("--seed", default=1, show_default=True, type=click.IntRange(0), help="The same seed, the same data."),
    click.option("--start", default="2026-03-02", show_default=True, help="First day (Beijing)."),
    click.option("--attackers", default="0,1,2,3", show_default=True, help="Levels of the attackers planted."),
    click.option(
        "--strength", "parameters", multiple=True, metavar="KEY=VALUE", help="E.g. simbox.cards=64 or gangs=10."
    ),
    click.option(
        "--limits",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="What attackers believe the rules to be (TOML: a table a scenario).",
    ),
    click.option(
        "--limits-share",
        default=1.0,
        show_default=True,
        type=click.FloatRange(0, 1, min_open=True),
        help="Attackers stay inside this share of each limit.",
    ),
)


def simulation_options(command: C) -> C:
    """Add the options of a simulation to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def simulation_settings(
    subscribers: int,
    days: int,
    seed: int,
    start: str,
    attackers: str,
    parameters: tuple[str, ...],
    limits: Path | None,
    only: tuple[str, ...] = (),
    *,
    limits_share: float = 1.0,
) -> "Settings":
    """Return the settings of a simulation. Raise UsageError for an invalid option."""
    from fanzha.simulate import Settings

    try:
        start_ms = moment_ms(f"{start}T00:00:00+08:00")
    except Malformed:
        raise UsageError(f"--start: not a day: {start!r}", fix="write 2026-03-02") from None
    return Settings(
        subscribers,
        days,
        seed,
        start_ms,
        _levels(attackers),
        _parameters(parameters),
        _limits(limits),
        only,
        limits_share,
    )


def _levels(text: str) -> tuple[int, ...]:
    from fanzha.simulate import LEVELS

    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts or any(part not in map(str, LEVELS) for part in parts):
        raise UsageError(f"--attackers: {text!r} are no levels", fix=f"of {', '.join(map(str, LEVELS))}, e.g. 0,2")
    return tuple(sorted({int(part) for part in parts}))


def _parameters(options: tuple[str, ...]) -> dict[str, float]:
    parameters = {}
    for option in options:
        key, sign, value = option.partition("=")
        try:
            parameters[key.strip()] = float(value)
        except ValueError:
            sign = ""
        if not sign or not key.strip() or not 0 <= parameters[key.strip()] < 1e9:
            raise UsageError(f"--strength: {option!r} is not KEY=VALUE", fix="e.g. simbox.cards=64")
    return parameters


def _limits(path: Path | None) -> dict[str, dict[str, float]]:
    if path is None:
        return {}
    data = read_toml(path, fix=_LIMITS_FIX)
    try:
        return {name: {key: float(value) for key, value in table.items()} for name, table in data.items()}
    except (AttributeError, TypeError, ValueError) as error:
        raise UsageError(f"{path}: {error}", fix=_LIMITS_FIX) from None
