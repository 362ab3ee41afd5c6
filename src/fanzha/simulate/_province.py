"""The whole province: every scenario planned, and each day told in the order of its moments."""

from collections.abc import Iterator, Mapping
from functools import cache

import numpy as np
import pyarrow as pa

from fanzha.base.errors import WrongCall
from fanzha.base.plugins import load
from fanzha.simulate._directory import Directory
from fanzha.simulate._draw import stream
from fanzha.simulate._facts import Facts, Part
from fanzha.simulate._force import LOOK_ALIKES, check, force, gangs
from fanzha.simulate._numbers import MobileRange
from fanzha.simulate._residents import settle
from fanzha.simulate._scenario import Emit, Scenario, Scene, Today
from fanzha.simulate._settings import DAY_MS, Settings
from fanzha.simulate._truth import Role, answer_sheet

#: Event table -> its facts of one day, by moment.
Day = Mapping[str, pa.RecordBatch]


@cache
def all_scenarios() -> dict[str, Scenario]:
    """Return every scenario by name."""
    return load("fanzha.simulate", "SCENARIO", Scenario)


class Province:
    """A planned simulation: `truth` is who is who, `days` tells what happens."""

    def __init__(self, settings: Settings) -> None:
        """Plan everything; WrongCall when a scenario, strength or limit is unknown."""
        self.settings = settings
        scenarios = all_scenarios()
        if unknown := [name for name in settings.only if name not in scenarios]:
            raise WrongCall(f"no scenario is called {unknown[0]!r}", fix=f"one of: {', '.join(scenarios)}")
        check({name: (one.strengths, one.limits) for name, one in scenarios.items()}, settings)
        self._directory = Directory(MobileRange.for_people(settings.subscribers), settings.seed)
        self._residents = settle(settings.subscribers, self._directory, stream(settings.seed, "residents"))
        self._acts: list[tuple[str, Emit]] = []
        rows: list[pa.RecordBatch] = []
        for scenario in (one for name, one in scenarios.items() if not settings.only or name in settings.only):
            for level, gang in self._gangs(scenario):
                rows += self._plan(scenario, level, gang)
        self.truth = answer_sheet(rows)

    def _gangs(self, scenario: Scenario) -> list[tuple[int, int]]:
        if scenario.role is not Role.FRAUD:
            return [(0, 0)]
        many = gangs(scenario.name, self.settings)
        return [(level, gang) for level in self.settings.attackers for gang in range(many)]

    def _plan(self, scenario: Scenario, level: int, gang: int) -> list[pa.RecordBatch]:
        name = f"{scenario.name}/{level}/{gang}" if scenario.role is Role.FRAUD else scenario.name
        strong = force(scenario.name, scenario.strengths, scenario.limits, level, self.settings)
        draw = stream(self.settings.seed, "plan", name)
        crowd = self.settings.strengths.get(LOOK_ALIKES, 1.0) if scenario.role is Role.LOOK_ALIKE else 1.0
        plan = scenario.plan(Scene(self.settings, self._residents, self._directory, draw, strong, gang, crowd))
        self._acts.append((name, plan.emit))
        level_told = level if scenario.role is Role.FRAUD else None
        return [truth.batch(scenario.name, level_told, name) for truth in plan.truths]

    def days(self) -> Iterator[Day]:
        """Yield the days; a call that goes on past midnight ends in the next, after the last day in the last."""
        carried: dict[str, list[Part]] = {}
        for number in range(self.settings.days):
            parts = self._told(number)
            for table, more in carried.items():
                parts.setdefault(table, []).extend(more)
            last = number == self.settings.days - 1
            until = None if last else self.settings.start_ms + (number + 1) * DAY_MS
            day, carried = _cut(parts, until)
            yield day

    def _told(self, number: int) -> dict[str, list[Part]]:
        """Return what all scenarios tell of a day; it depends on nothing but the settings and the day."""
        parts: dict[str, list[Part]] = {}
        start = self.settings.start_ms + number * DAY_MS
        for name, emit in self._acts:
            facts = Facts(self.settings.seed, name, number)
            emit(Today(number, start, stream(self.settings.seed, "day", name, number)), facts)
            for table, more in facts.parts.items():
                parts.setdefault(table, []).extend(more)
        return parts


def _cut(parts: dict[str, list[Part]], until: int | None) -> tuple[Day, dict[str, list[Part]]]:
    """Put each table in order of moment and key, and keep back what happens from `until` on."""
    day: dict[str, pa.RecordBatch] = {}
    later: dict[str, list[Part]] = {}
    for table in sorted(parts):
        whole = _ordered(parts.pop(table))  # a table at a time is held twice
        end = whole.moments.size if until is None else int(np.searchsorted(whole.moments, until))
        if end:
            day[table] = whole.batch.slice(0, end)
        if end < whole.moments.size:
            kept = whole.batch.take(np.arange(end, whole.moments.size))  # a slice would keep the whole day
            later[table] = [Part(whole.moments[end:], whole.keys[end:], kept)]
    return day, later


def _ordered(parts: list[Part]) -> Part:
    moments, keys = np.concatenate([p.moments for p in parts]), np.concatenate([p.keys for p in parts])
    order = np.lexsort((keys, moments))
    whole = pa.Table.from_batches([p.batch for p in parts]).combine_chunks()
    (batch,) = whole.take(order).combine_chunks().to_batches()
    return Part(moments[order], keys[order], batch)


def simulate(settings: Settings) -> Iterator[Day]:
    """Yield each day of a simulated province as event tables; `Province(settings).truth` says what was planted."""
    yield from Province(settings).days()
