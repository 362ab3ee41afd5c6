"""Look-alike: phones with two cards: two numbers in one device at one cell, both used by one person."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate._facts import Facts
from fanzha.simulate._phones import Phones
from fanzha.simulate._scenario import Plan, Scenario, Scene, Today
from fanzha.simulate._truth import Role


@dataclass(frozen=True)
class _Owners:
    phones: Phones

    def emit(self, today: Today, facts: Facts) -> None:
        self.phones.live(today, facts, 2.5)


class DualSimPhones(Scenario):
    """One such phone on 25 residents."""

    name = "dual_sim_phones"
    title = Words("双卡手机", "dual-SIM phones")
    tells = Words("一部手机两张卡，同一小区，都正常使用", "two cards in one phone at one cell, both used normally")
    role = Role.LOOK_ALIKE

    def plan(self, scene: Scene) -> Plan:
        """Put each two cards into one device."""
        count = scene.each(25)
        phones = Phones.bought(scene, 2 * count, devices=np.repeat(scene.directory.devices(count), 2))
        together = Phones(scene.residents, phones.lines, phones.cards, phones.devices, np.repeat(phones.cells[::2], 2))
        truths = together.truths(self.role, scene.settings.start_ms, scene.settings.end_ms)
        return Plan(truths, _Owners(together).emit)


SCENARIO = DualSimPhones()
