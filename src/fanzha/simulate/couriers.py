"""Look-alike: couriers ring the doors of strangers all day, briefly, and move from cell to cell."""

from dataclasses import dataclass

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._facts import Facts
from fanzha.simulate._neighbours import call_from
from fanzha.simulate._phones import Phones
from fanzha.simulate._scenario import Plan, Scenario, Scene, Today
from fanzha.simulate._settings import HOUR_MS
from fanzha.simulate._truth import Role

CELLS = 8  # of a courier's round
CALL_BACK = 0.15  # calls taken for each made


@dataclass(frozen=True)
class _Couriers:
    scene: Scene
    phones: Phones

    def emit(self, today: Today, facts: Facts) -> None:
        draw, force, people = today.draw, self.scene.force, self.scene.residents
        who = habits.times_over(draw, force["calls_a_day"], len(self.phones))
        at = today.moments(who.size, habits.DELIVERY)
        cells = (self.phones.cells[who] + (at - today.start) // HOUR_MS % CELLS) % people.cells
        callee = people.strangers(draw, who.size)
        self.phones.dial(today, facts, at, who, callee, answer_share=0.75, talk_seconds=22, cells=cells)
        self._called_back(today, facts)
        self.phones.live(today, facts)

    def _called_back(self, today: Today, facts: Facts) -> None:
        """People who missed the courier, or wait for him, call."""
        draw, people = today.draw, self.scene.residents
        whom = habits.times_over(draw, self.scene.force["calls_a_day"] * CALL_BACK, len(self.phones))
        at, who = today.moments(whom.size, habits.DELIVERY), people.anybody(draw, whom.size)
        answered = habits.answered(draw, whom.size, 0.9)
        call_from(draw, facts, people, at, who, self.phones.lines[whom], answered=answered, talk_seconds=30)


class Couriers(Scenario):
    """One courier on 200 residents."""

    name = "couriers"
    title = Words("快递员", "couriers")
    tells = Words(
        "快递员整日短时呼叫陌生收件人，也常被回拨", "couriers call strangers briefly all day, and are called back"
    )
    role = Role.LOOK_ALIKE
    strengths = {"calls_a_day": 80}

    def plan(self, scene: Scene) -> Plan:
        """Give each a phone of long standing."""
        phones = Phones.bought(scene, scene.each(200))
        truths = phones.truths(self.role, scene.settings.start_ms, scene.settings.end_ms)
        return Plan(truths, _Couriers(scene, phones).emit)


SCENARIO = Couriers()
