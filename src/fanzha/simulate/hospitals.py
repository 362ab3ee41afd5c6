"""Look-alike: hospitals call a morning's patients one after the other about appointments."""

from dataclasses import dataclass

from fanzha.base.words import Words
from fanzha.simulate._draw import Whole
from fanzha.simulate._facts import Facts
from fanzha.simulate._lines import dial_out
from fanzha.simulate._pace import shift
from fanzha.simulate._render import Pick
from fanzha.simulate._scenario import Plan, Scenario, Scene, Today
from fanzha.simulate._truth import Role

HOURS = (8, 9, 10, 15)


@dataclass(frozen=True)
class _Desks:
    scene: Scene
    lines: Whole
    trunks: tuple[str, ...]

    def emit(self, today: Today, facts: Facts) -> None:
        if today.weekend:
            return
        per_hour = self.scene.force.whole("calls_per_hour")
        work = shift(today.draw, today.start, today.number, HOURS, self.lines.size, per_hour)
        patients = self.scene.residents.strangers(today.draw, work.at.size)
        trunk = Pick(self.trunks, work.seat)
        line = self.lines[work.seat]
        dial_out(today, facts, work.at, line, patients, trunk, answer_share=0.7, talk_seconds=45)


class Hospitals(Scenario):
    """One appointment desk on 3,000 residents, at least two."""

    name = "hospitals"
    title = Words("医院预约", "hospitals")
    tells = Words("医院固话上午集中致电就诊者", "a hospital's fixed line calls patient after patient in the morning")
    role = Role.LOOK_ALIKE
    strengths = {"calls_per_hour": 40}

    def plan(self, scene: Scene) -> Plan:
        """Give each desk a fixed line on a trunk of its own."""
        count = scene.each(3_000, least=2)
        lines, trunks = scene.directory.fixed(count), scene.directory.names("LINE", count)
        truths = (scene.whole("phone_number", lines, self.role), scene.whole("trunk", trunks, self.role))
        return Plan(truths, _Desks(scene, lines, trunks).emit)


SCENARIO = Hospitals()
