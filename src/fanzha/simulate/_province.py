"""Plan all scenarios of a province and generate its events day by day, in order of time."""

from collections.abc import Iterator, Mapping
from functools import cache

import numpy as np
import pyarrow as pa

from fanzha.base.errors import UsageError
from fanzha.base.plugins import load
from fanzha.simulate._directory import Directory
from fanzha.simulate._facts import FactPart, Facts
from fanzha.simulate._numbers import MobileRange
from fanzha.simulate._parameters import LOOK_ALIKES, check_overrides, count_gangs, resolve_parameters
from fanzha.simulate._random import create_generator
from fanzha.simulate._residents import create_residents
from fanzha.simulate._scenario import EmitDay, Scenario, ScenarioContext, SimulatedDay
from fanzha.simulate._settings import DAY_MS, Settings
from fanzha.simulate._truth import SimulatedRole, build_truth_table

#: Event table -> the facts of one day, sorted by time.
Day = Mapping[str, pa.RecordBatch]


@cache
def all_scenarios() -> dict[str, Scenario]:
    """Return every scenario by name."""
    return load("fanzha.simulate", "SCENARIO", Scenario)


class Province:
    """A planned simulation. `truth` lists the planted subjects, and `days` generates the events."""

    def __init__(self, settings: Settings) -> None:
        """Plan all scenarios. Raise UsageError if a scenario, parameter or limit is unknown."""
        self.settings = settings
        scenarios = all_scenarios()
        if unknown := [name for name in settings.only if name not in scenarios]:
            raise UsageError(f"no scenario is called {unknown[0]!r}", fix=f"one of: {', '.join(scenarios)}")
        check_overrides(
            {name: (scenario.parameters, scenario.limits) for name, scenario in scenarios.items()}, settings
        )
        self._directory = Directory(MobileRange.for_people(settings.subscribers), settings.seed)
        self._residents = create_residents(
            settings.subscribers, self._directory, create_generator(settings.seed, "residents")
        )
        self._emitters: list[tuple[str, EmitDay]] = []
        rows: list[pa.RecordBatch] = []
        for scenario in (
            scenario for name, scenario in scenarios.items() if not settings.only or name in settings.only
        ):
            for level, gang in self._gangs(scenario):
                rows += self._plan(scenario, level, gang)
        self.truth = build_truth_table(rows)

    def _gangs(self, scenario: Scenario) -> list[tuple[int, int]]:
        if scenario.role is not SimulatedRole.FRAUD:
            return [(0, 0)]
        count = count_gangs(scenario.name, self.settings)
        return [(level, gang) for level in self.settings.attackers for gang in range(count)]

    def _plan(self, scenario: Scenario, level: int, gang: int) -> list[pa.RecordBatch]:
        name = f"{scenario.name}/{level}/{gang}" if scenario.role is SimulatedRole.FRAUD else scenario.name
        parameters = resolve_parameters(scenario.name, scenario.parameters, scenario.limits, level, self.settings)
        rng = create_generator(self.settings.seed, "plan", name)
        look_alike_factor = (
            self.settings.parameters.get(LOOK_ALIKES, 1.0) if scenario.role is SimulatedRole.LOOK_ALIKE else 1.0
        )
        plan = scenario.plan(
            ScenarioContext(self.settings, self._residents, self._directory, rng, parameters, gang, look_alike_factor)
        )
        self._emitters.append((name, plan.emit))
        recorded_level = level if scenario.role is SimulatedRole.FRAUD else None
        return [truth.to_record_batch(scenario.name, recorded_level, name) for truth in plan.truths]

    def days(self) -> Iterator[Day]:
        """Yield the days in order. The end of a call after midnight belongs to the next day, if there is one."""
        carried: dict[str, list[FactPart]] = {}
        for number in range(self.settings.days):
            parts = self._emit_day(number)
            for table, table_parts in carried.items():
                parts.setdefault(table, []).extend(table_parts)
            last = number == self.settings.days - 1
            end_ms = None if last else self.settings.start_ms + (number + 1) * DAY_MS
            day, carried = _split_at(parts, end_ms)
            yield day

    def _emit_day(self, number: int) -> dict[str, list[FactPart]]:
        """Return the facts of all scenarios for a day. They depend on the settings and the day alone."""
        parts: dict[str, list[FactPart]] = {}
        start = self.settings.start_ms + number * DAY_MS
        for name, emit in self._emitters:
            facts = Facts(self.settings.seed, name, number)
            emit(SimulatedDay(number, start, create_generator(self.settings.seed, "day", name, number)), facts)
            for table, table_parts in facts.parts.items():
                parts.setdefault(table, []).extend(table_parts)
        return parts


def _split_at(parts: dict[str, list[FactPart]], end_ms: int | None) -> tuple[Day, dict[str, list[FactPart]]]:
    """Sort each table by moment and key, and return the facts before `end_ms` and those from it on."""
    day: dict[str, pa.RecordBatch] = {}
    next_day: dict[str, list[FactPart]] = {}
    for table in sorted(parts):
        whole = _sort_parts(parts.pop(table))  # pop, so that only one table is in memory twice
        row_count = whole.moments.size if end_ms is None else int(np.searchsorted(whole.moments, end_ms))
        if row_count:
            day[table] = whole.batch.slice(0, row_count)
        if row_count < whole.moments.size:
            remainder = whole.batch.take(
                np.arange(row_count, whole.moments.size)
            )  # a slice would keep the whole day in memory
            next_day[table] = [FactPart(whole.moments[row_count:], whole.keys[row_count:], remainder)]
    return day, next_day


def _sort_parts(parts: list[FactPart]) -> FactPart:
    moments, keys = np.concatenate([p.moments for p in parts]), np.concatenate([p.keys for p in parts])
    order = np.lexsort((keys, moments))
    whole = pa.Table.from_batches([p.batch for p in parts]).combine_chunks()
    (batch,) = whole.take(order).combine_chunks().to_batches()
    return FactPart(moments[order], keys[order], batch)


def simulate(settings: Settings) -> Iterator[Day]:
    """Yield the event tables of each day of a simulated province. `Province(settings).truth` lists what is planted."""
    yield from Province(settings).days()
