"""Innocent look-alike: travellers call home over international trunks with their own number and proven roaming."""

from dataclasses import dataclass

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._calls import call_from_abroad
from fanzha.simulate._facts import Facts
from fanzha.simulate._phones import Phones
from fanzha.simulate._scenario import Scenario, ScenarioContext, ScenarioPlan, SimulatedDay
from fanzha.simulate._truth import SimulatedRole


@dataclass(frozen=True)
class _Travellers:
    context: ScenarioContext
    phones: Phones
    trunk: str

    def emit(self, today: SimulatedDay, facts: Facts) -> None:
        rng, residents = today.rng, self.context.residents
        caller_index = habits.draw_actors(rng, self.context.parameters["calls_a_day"], len(self.phones))
        own, count = self.phones.lines[caller_index], caller_index.size
        call_from_abroad(
            facts,
            today.draw_moments(count, habits.RESIDENT),
            own,
            residents.lines[(own // 7 + rng.integers(0, 6, count)) % len(residents)],
            self.trunk,
            answered=habits.draw_answered(rng, count),
            ring_ms=habits.draw_ring_ms(rng, count),
            talk_ms=habits.draw_talk_ms(rng, count, 150),
            proven_caller=own,
            roaming="proven",
        )


class RoamingTravellersScenario(Scenario):
    """One traveller per 200 residents."""

    name = "roaming_travellers"
    title = Words("出境漫游用户", "roaming travellers")
    tells = Words(
        "出境用户用本机号码从境外呼入，网络已证实漫游", "travellers call home with their own number, proven to roam"
    )
    role = SimulatedRole.LOOK_ALIKE
    parameters = {"calls_a_day": 4}

    def plan(self, context: ScenarioContext) -> ScenarioPlan:
        """Allocate the phones, which stay abroad for the whole simulation, and one trunk."""
        phones, trunk = Phones.create(context, context.scale_count(200)), context.directory.name("IGW")
        truths = phones.build_truths(self.role, context.settings.start_ms, context.settings.end_ms)
        return ScenarioPlan(
            (*truths, context.build_permanent_truth("trunk", (trunk,), self.role)),
            _Travellers(context, phones, trunk).emit,
        )


SCENARIO = RoamingTravellersScenario()
