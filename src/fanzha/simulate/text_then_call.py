"""Fraud across channels: a text with a fresh link reaches somebody, and a call from abroad follows it up."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._abroad import call_in, chatter
from fanzha.simulate._draw import Whole
from fanzha.simulate._facts import Facts
from fanzha.simulate._force import Limit
from fanzha.simulate._numbers import foreign
from fanzha.simulate._phones import Phones
from fanzha.simulate._render import Pick, Value
from fanzha.simulate._scenario import Plan, Scenario, Scene, Today
from fanzha.simulate._settings import DAY_MS, HOUR_MS, MINUTE_MS
from fanzha.simulate._truth import Role, Truth

TEXT = "您的账户涉嫌违规，请登录 http://{host} 核实，稍后有专员来电"
TALK_MS = 12 * MINUTE_MS


@dataclass(frozen=True)
class _Gang:
    scene: Scene
    phones: Phones  # the texts come from here
    hosts: tuple[str, ...]
    trunks: tuple[str, ...]
    victims: Whole
    day: Whole
    texted_at: Whole
    called_at: Whole

    def emit(self, today: Today, facts: Facts) -> None:
        rows = np.flatnonzero(self.day == today.number)
        if not rows.size:
            return
        draw, many, turns = today.draw, rows.size, self.scene.force.turns
        lines, turn = self.scene.residents.lines[self.victims[rows]], (rows + today.number) % turns
        everyone = np.arange(len(self.hosts))
        registered = self.scene.settings.start_ms - round(self.scene.force["host_age_days"] * DAY_MS)
        seen = np.full(everyone.size, today.start + HOUR_MS)
        facts.add("site_seen", seen, host=Pick(self.hosts, everyone), registered_at=registered, seen_by="message")
        text = Pick([TEXT.format(host=host) for host in self.hosts], turn)
        sent: dict[str, Value] = {
            "channel": "sms",
            "sender": self.phones.lines[turn],
            "recipient": lines,
            "ingress": "mobile",
        }
        facts.add("message", self.texted_at[rows], text=text, **sent)
        call_in(
            facts,
            self.called_at[rows],
            foreign(draw, many),
            lines,
            Pick(self.trunks, turn),
            answered=np.ones(many, bool),
            ring_ms=habits.ring_ms(draw, many),
            talk_ms=np.full(many, TALK_MS),
        )
        if self.scene.force.hides:
            self.phones.live(today, facts)
            chatter(today, facts, self.scene.residents, self.trunks, 10 * many)


class TextThenCall(Scenario):
    """A gang with a few hosts and trunks, and some victims a day."""

    name = "text_then_call"
    title = Words("短信加境外来电", "text, then a call from abroad")
    tells = Words(
        "先收到带新域名链接的短信，半小时内接到境外来电",
        "a text with a fresh link, then within half an hour a call from abroad",
    )
    role = Role.FRAUD
    strengths = {"victims_a_day": 8, "minutes_between": 10, "host_age_days": 2}
    limits = {"minutes_between": Limit(30, at_least=False), "host_age_days": Limit(30, at_least=False)}

    def plan(self, scene: Scene) -> Plan:
        """Pick every day's victims, texted in the working hours."""
        force, draw, days, turns = scene.force, scene.draw, scene.settings.days, scene.force.turns
        count = force.whole("victims_a_day") * days
        victims, day = scene.chosen(count), np.repeat(np.arange(days), count // days)
        texted = scene.settings.start_ms + day * DAY_MS + draw.integers(9 * HOUR_MS, 18 * HOUR_MS, count)
        called = texted + round(force["minutes_between"] * MINUTE_MS) + draw.integers(0, MINUTE_MS, count)
        phones, given = Phones.bought(scene, turns), scene.directory
        trunks, hosts = given.names("IGW", turns), given.hosts(turns, "heshi")
        gang = _Gang(scene, phones, hosts, trunks, victims, day, texted, called)
        span = int(texted.min()), scene.settings.end_ms
        truths = (
            Truth("trunk", trunks, Role.FRAUD, *span),
            Truth("website", hosts, Role.FRAUD, *span, phones.lines),
            *phones.truths(Role.FRAUD, *span),
            Truth("phone_number", scene.residents.lines[victims], Role.VICTIM, texted, called + TALK_MS),
        )
        return Plan(truths, gang.emit)


SCENARIO = TextThenCall()
