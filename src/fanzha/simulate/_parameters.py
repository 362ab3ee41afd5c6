"""Resolve the parameters of a scenario from its defaults, the attacker's level and the settings."""

from collections.abc import Mapping
from dataclasses import dataclass

from fanzha.base.errors import UsageError
from fanzha.simulate._settings import Settings

ROTATED_IDENTITIES = 4  # numbers, devices or trunks from level 2, in place of one
HIDING_MARGIN = 3.0  # distance from a limit at level 3, where added harmless traffic counts too
LOOK_ALIKES = "look_alikes"  # the parameter that multiplies the number of innocent look-alikes
GANGS = 5  # per fraud and level


@dataclass(frozen=True)
class Limit:
    """A published limit of a rule. The rule fires at `value` or above, or below `value` if `at_least` is false."""

    value: float
    at_least: bool = True


@dataclass(frozen=True)
class ScenarioParameters:
    """The parameters of one planned scenario, with the attacker's level and the settings applied."""

    level: int
    values: Mapping[str, float]

    def __getitem__(self, name: str) -> float:
        return self.values[name]

    def integer(self, name: str) -> int:
        """Return a parameter that is a count, rounded to an integer."""
        return round(self.values[name])

    @property
    def identity_count(self) -> int:
        """How many identities the attacker rotates: one, and several from level 2."""
        return ROTATED_IDENTITIES if self.level >= 2 else 1

    @property
    def hides(self) -> bool:
        """Whether the attacker adds harmless traffic as camouflage and lets test calls arrive unchanged (level 3)."""
        return self.level >= 3


def resolve_parameters(
    scenario: str, parameters: Mapping[str, float], limits: Mapping[str, Limit], level: int, settings: Settings
) -> ScenarioParameters:
    """Return the parameters of a scenario for an attacker of a level.

    At level 0 they are the defaults or the overrides of the settings. From level 1 each parameter that has a limit
    of its name stays inside that limit, or inside the share of it that the settings say; a count of one stays one.
    """
    values = {name: _read_override(settings.parameters, scenario, name, value) for name, value in parameters.items()}
    if level >= 1:
        assumed_limits = settings.limits.get(scenario, {})
        for name, limit in limits.items():
            margin = HIDING_MARGIN if level >= 3 else 1.0
            assumed, share = assumed_limits.get(name, limit.value), settings.limits_share
            inside = _stay_inside(values[name], assumed, limit.at_least, margin)
            further = _stay_inside(
                values[name], assumed * share if limit.at_least else assumed / share, limit.at_least, margin
            )
            values[name] = max(further, min(inside, 1.0))
    return ScenarioParameters(level, values)


def count_gangs(scenario: str, settings: Settings) -> int:
    """Return how many gangs are planted per fraud and level."""
    return round(_read_override(settings.parameters, scenario, "gangs", GANGS))


def check_overrides(
    scenarios: Mapping[str, tuple[Mapping[str, float], Mapping[str, Limit]]], settings: Settings
) -> None:
    """Raise UsageError if the settings override a parameter or limit that no scenario has."""
    known_keys = {f"{name}.{key}" for name, (parameters, _) in scenarios.items() for key in (*parameters, "gangs")}
    known_keys |= {key for parameters, _ in scenarios.values() for key in parameters} | {"gangs", LOOK_ALIKES}
    for key in settings.parameters:
        if key not in known_keys:
            raise UsageError(f"no parameter is called {key!r}", fix=f"one of: {', '.join(sorted(known_keys))}")
    for name, overrides in settings.limits.items():
        limits = scenarios[name][1] if name in scenarios else {}
        for key in overrides:
            if key not in limits:
                fix = ", ".join(
                    f"{scenario}.{limit}" for scenario, (_, limits) in scenarios.items() for limit in limits
                )
                raise UsageError(f"no limit is called {name}.{key}", fix=f"one of: {fix}")


def _read_override(parameters: Mapping[str, float], scenario: str, name: str, default: float) -> float:
    return parameters.get(f"{scenario}.{name}", parameters.get(name, default))


def _stay_inside(value: float, limit: float, at_least: bool, margin: float) -> float:
    """Return `value` changed as little as necessary so that a rule with this limit does not fire."""
    if not at_least:
        return max(value, limit + (1.0 if limit >= 2 else 0.0))
    return min(value, limit - (margin if limit > 2 * margin else 1.0 if limit >= 2 else limit / 2))
