"""Look-alike: taxi drivers call and are called by strangers from early to late, and cross the whole city."""

from dataclasses import dataclass

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._facts import Facts
from fanzha.simulate._neighbours import call_from
from fanzha.simulate._phones import Phones
from fanzha.simulate._scenario import Plan, Scenario, Scene, Today
from fanzha.simulate._truth import Role


@dataclass(frozen=True)
class _Drivers:
    scene: Scene
    phones: Phones

    def emit(self, today: Today, facts: Facts) -> None:
        draw, people, a_day = today.draw, self.scene.residents, self.scene.force["calls_a_day"]
        who = habits.times_over(draw, a_day, len(self.phones))
        at, callee = today.moments(who.size, habits.RESIDENT), people.strangers(draw, who.size)
        cells = draw.integers(0, people.cells, who.size)
        self.phones.dial(today, facts, at, who, callee, answer_share=0.85, talk_seconds=18, cells=cells)
        whom = habits.times_over(draw, a_day / 2, len(self.phones))
        at, passenger = today.moments(whom.size, habits.RESIDENT), people.anybody(draw, whom.size)
        answered = habits.answered(draw, whom.size, 0.8)
        call_from(draw, facts, people, at, passenger, self.phones.lines[whom], answered=answered, talk_seconds=20)
        self.phones.live(today, facts)


class TaxiDrivers(Scenario):
    """One driver on 200 residents."""

    name = "taxi_drivers"
    title = Words("出租车司机", "taxi drivers")
    tells = Words(
        "司机与陌生乘客频繁短时通话，位置全城移动", "drivers talk briefly with strangers and cross the whole city"
    )
    role = Role.LOOK_ALIKE
    strengths = {"calls_a_day": 20}

    def plan(self, scene: Scene) -> Plan:
        """Give each a phone of long standing."""
        phones = Phones.bought(scene, scene.each(200))
        truths = phones.truths(self.role, scene.settings.start_ms, scene.settings.end_ms)
        return Plan(truths, _Drivers(scene, phones).emit)


SCENARIO = TaxiDrivers()
