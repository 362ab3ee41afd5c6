"""Innocent look-alike: hospitals call patients one after another about appointments."""

from dataclasses import dataclass

from fanzha.base.words import Words
from fanzha.simulate._calls import call_from_leased_line
from fanzha.simulate._columns import Categorical
from fanzha.simulate._facts import Facts
from fanzha.simulate._random import IntArray
from fanzha.simulate._scenario import Scenario, ScenarioContext, ScenarioPlan, SimulatedDay
from fanzha.simulate._shifts import schedule_calls
from fanzha.simulate._truth import SimulatedRole

HOURS = (8, 9, 10, 15)


@dataclass(frozen=True)
class _AppointmentDesks:
    context: ScenarioContext
    lines: IntArray
    trunks: tuple[str, ...]

    def emit(self, today: SimulatedDay, facts: Facts) -> None:
        if today.weekend:
            return
        per_hour = self.context.parameters.integer("calls_per_hour")
        calls = schedule_calls(today.rng, today.start, today.number, HOURS, self.lines.size, per_hour)
        patients = self.context.residents.draw_numbers(today.rng, calls.at.size)
        trunk = Categorical(self.trunks, calls.seat)
        line = self.lines[calls.seat]
        call_from_leased_line(today, facts, calls.at, line, patients, trunk, answer_share=0.7, talk_seconds=45)


class HospitalsScenario(Scenario):
    """One appointment desk per 3,000 residents, at least two."""

    name = "hospitals"
    title = Words("医院预约", "hospitals")
    tells = Words("医院固话上午集中致电就诊者", "a hospital's fixed line calls patient after patient in the morning")
    role = SimulatedRole.LOOK_ALIKE
    parameters = {"calls_per_hour": 40}

    def plan(self, context: ScenarioContext) -> ScenarioPlan:
        """Allocate a fixed line and a trunk for each desk."""
        count = context.scale_count(3_000, minimum=2)
        lines, trunks = context.directory.fixed(count), context.directory.names("LINE", count)
        truths = (
            context.build_permanent_truth("phone_number", lines, self.role),
            context.build_permanent_truth("trunk", trunks, self.role),
        )
        return ScenarioPlan(truths, _AppointmentDesks(context, lines, trunks).emit)


SCENARIO = HospitalsScenario()
