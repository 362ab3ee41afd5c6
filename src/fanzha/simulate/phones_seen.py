"""Everyday life: phones are switched on at home, used at work, and new ones come into old hands."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._draw import Whole
from fanzha.simulate._facts import Facts
from fanzha.simulate._numbers import devices
from fanzha.simulate._scenario import Plan, Scenario, Scene, Today
from fanzha.simulate._truth import Role, Truth

NEW_PHONE_SHARE = 0.001  # of people a day


@dataclass(frozen=True)
class _Seen:
    scene: Scene
    ours: Whole
    changes: Whole  # day from which each uses another phone; beyond the simulation: never

    def emit(self, today: Today, facts: Facts) -> None:
        draw, people = today.draw, self.scene.residents
        for cells, hours, service in ((people.home, habits.RESIDENT, "attach"), (people.work, habits.OFFICE, "data")):
            device = people.devices[self.ours]
            fresh = self.changes <= today.number
            device[fresh] = devices(10_000_000, self.ours.size)[fresh]
            facts.add(
                "sim_use",
                today.moments(self.ours.size, hours),
                sim_card=people.cards[self.ours],
                device=device,
                number=people.lines[self.ours],
                cell=people.at_cells(cells[self.ours]),
                service=service,
                data_kb=draw.lognormal(11, 1, self.ours.size) if service == "data" else None,
            )


class PhonesSeen(Scenario):
    """Twice a day for each of our own subscribers."""

    name = "phones_seen"
    title = Words("终端附着与上网", "phones seen by the network")
    tells = Words(
        "本网用户每天在家附着、在单位上网，偶尔换机",
        "our subscribers attach at home and use data at work; some change phones",
    )
    role = Role.ORDINARY

    def plan(self, scene: Scene) -> Plan:
        """Draw the few who get a new phone; their numbers stand in the truth of everyday life."""
        ours = np.flatnonzero(scene.residents.ours)
        changes = scene.draw.geometric(NEW_PHONE_SHARE, ours.size)
        cards, phones = scene.residents.cards[ours], scene.residents.devices[ours]
        lines, span = scene.residents.lines[ours], (scene.settings.start_ms, scene.settings.end_ms)
        truths = (
            Truth("sim_card", cards, self.role, *span, lines),
            Truth("device", phones, self.role, *span, lines),
        )
        return Plan(truths, _Seen(scene, ours, changes).emit)


SCENARIO = PhonesSeen()
