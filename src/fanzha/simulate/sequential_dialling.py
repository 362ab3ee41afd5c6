"""Fraud: a machine dials number after number in order, held or not, to find out who answers."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._facts import Facts
from fanzha.simulate._force import Limit
from fanzha.simulate._pace import shift
from fanzha.simulate._phones import Phones
from fanzha.simulate._scenario import Plan, Scenario, Scene, Today
from fanzha.simulate._truth import Role

HOURS = (9, 10, 11, 13, 14, 15, 16)
UNALLOCATED = 1  # release cause, ITU-T Q.850


@dataclass(frozen=True)
class _Gang:
    scene: Scene
    first: int
    phones: Phones

    def emit(self, today: Today, facts: Facts) -> None:
        force, draw, people = self.scene.force, today.draw, self.scene.residents
        if today.number < self.first:
            return
        seats, run = force.whole("phones"), force.whole("run_length")
        work = shift(draw, today.start, today.number, HOURS, seats, force.whole("calls_per_hour"))
        who = work.identity(seats, force.turns)
        place = np.argsort(np.argsort(who * 10**12 + work.at - today.start))  # the how-manieth call, phone by phone
        begins = people.lines[draw.integers(0, len(people), who.size // run + 1)]
        callee = begins[place // run] + place % run
        held = np.isin(callee, people.lines)
        answered = habits.answered(draw, who.size, force["answer_share"]) & held
        ring = np.where(held, habits.ring_ms(draw, who.size, 5), 200)
        talk = habits.talk_ms(draw, who.size, 8)
        cause = np.where(held, 19, UNALLOCATED)
        self.phones.call(facts, work.at, who, callee, answered=answered, ring_ms=ring, talk_ms=talk, cause=cause)
        if force.hides:
            self.phones.live(today, facts)


class SequentialDialling(Scenario):
    """A few phones that work through the number range."""

    name = "sequential_dialling"
    title = Words("顺序拨号", "sequential dialling")
    tells = Words("按号段逐号拨打，空号多、接通少", "number after number of a range, many unallocated, few answers")
    role = Role.FRAUD
    strengths = {"phones": 2, "calls_per_hour": 90, "run_length": 40, "answer_share": 0.3}
    limits = {"calls_per_hour": Limit(25), "run_length": Limit(10)}

    def plan(self, scene: Scene) -> Plan:
        """Begin on one of the first days."""
        first = int(scene.draw.integers(0, max(1, scene.settings.days // 2)))
        phones = Phones.bought(scene, scene.force.whole("phones") * scene.force.turns)
        truths = phones.truths(Role.FRAUD, scene.day(first, HOURS[0]), scene.settings.end_ms)
        return Plan(truths, _Gang(scene, first, phones).emit)


SCENARIO = SequentialDialling()
