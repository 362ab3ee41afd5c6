"""Look-alike: travellers call home with their own mobile over international trunks, and are proven to roam."""

from dataclasses import dataclass

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._abroad import call_in
from fanzha.simulate._facts import Facts
from fanzha.simulate._phones import Phones
from fanzha.simulate._scenario import Plan, Scenario, Scene, Today
from fanzha.simulate._truth import Role


@dataclass(frozen=True)
class _Travellers:
    scene: Scene
    phones: Phones
    trunk: str

    def emit(self, today: Today, facts: Facts) -> None:
        draw, people = today.draw, self.scene.residents
        who = habits.times_over(draw, self.scene.force["calls_a_day"], len(self.phones))
        own, many = self.phones.lines[who], who.size
        call_in(
            facts,
            today.moments(many, habits.RESIDENT),
            own,
            people.lines[(own // 7 + draw.integers(0, 6, many)) % len(people)],
            self.trunk,
            answered=habits.answered(draw, many),
            ring_ms=habits.ring_ms(draw, many),
            talk_ms=habits.talk_ms(draw, many, 150),
            proven_caller=own,
            roaming="proven",
        )


class RoamingTravellers(Scenario):
    """One traveller on 200 residents."""

    name = "roaming_travellers"
    title = Words("出境漫游用户", "roaming travellers")
    tells = Words(
        "出境用户用本机号码从境外呼入，网络已证实漫游", "travellers call home with their own number, proven to roam"
    )
    role = Role.LOOK_ALIKE
    strengths = {"calls_a_day": 4}

    def plan(self, scene: Scene) -> Plan:
        """Send them abroad for the whole time, over one trunk."""
        phones, trunk = Phones.bought(scene, scene.each(200)), scene.directory.name("IGW")
        truths = phones.truths(self.role, scene.settings.start_ms, scene.settings.end_ms)
        return Plan((*truths, scene.whole("trunk", (trunk,), self.role)), _Travellers(scene, phones, trunk).emit)


SCENARIO = RoamingTravellers()
