"""Look-alike: riders who deliver food call strangers in bursts at meal times, for seconds."""

from dataclasses import dataclass

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._facts import Facts
from fanzha.simulate._phones import Phones
from fanzha.simulate._scenario import Plan, Scenario, Scene, Today
from fanzha.simulate._settings import HOUR_MS
from fanzha.simulate._truth import Role

CELLS = 4  # of a rider's quarter


@dataclass(frozen=True)
class _Riders:
    scene: Scene
    phones: Phones

    def emit(self, today: Today, facts: Facts) -> None:
        draw, people = today.draw, self.scene.residents
        who = habits.times_over(draw, self.scene.force["calls_a_day"], len(self.phones))
        at = today.moments(who.size, habits.MEALS)
        cells = (self.phones.cells[who] + (at - today.start) // (HOUR_MS // 2) % CELLS) % people.cells
        callee = people.strangers(draw, who.size)
        self.phones.dial(today, facts, at, who, callee, answer_share=0.85, talk_seconds=12, cells=cells)
        self.phones.live(today, facts)


class FoodDelivery(Scenario):
    """One rider on 200 residents."""

    name = "food_delivery"
    title = Words("外卖骑手", "food delivery")
    tells = Words("骑手在用餐时段密集短时呼叫陌生顾客", "riders call strangers in bursts at meal times, for seconds")
    role = Role.LOOK_ALIKE
    strengths = {"calls_a_day": 45}

    def plan(self, scene: Scene) -> Plan:
        """Give each a phone of long standing."""
        phones = Phones.bought(scene, scene.each(200))
        truths = phones.truths(self.role, scene.settings.start_ms, scene.settings.end_ms)
        return Plan(truths, _Riders(scene, phones).emit)


SCENARIO = FoodDelivery()
