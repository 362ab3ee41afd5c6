"""Everyday life: people call and text those they know, a few services and strangers, and call back what they missed."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._draw import Mask, Whole, some
from fanzha.simulate._facts import Facts
from fanzha.simulate._neighbours import call_from
from fanzha.simulate._numbers import BANKS, CARRIERS
from fanzha.simulate._render import Pick
from fanzha.simulate._residents import Residents
from fanzha.simulate._scenario import Plan, Scenario, Scene, Today
from fanzha.simulate._settings import MINUTE_MS
from fanzha.simulate._truth import Role

STRANGER_SHARE, FIXED_SHARE, SERVICE_SHARE = 0.05, 0.04, 0.02
WEEKEND = 0.8  # of the calls of a working day
CALL_BACK_SHARE = 0.3  # of missed calls
TEXTS = (
    "我到了，你在哪个门", "晚上回家吃饭吗", "好的，明天见", "路上堵车，晚到十分钟", "生日快乐！", "到家了吗",
    "帮我带瓶酱油", "会议改到三点", "孩子接到了", "谢谢，改天请你吃饭", "周末去爬山吗", "在忙，一会儿回你",
    "药记得吃", "文件发你邮箱了", "Running late, start without me", "See you at six",
)  # fmt: skip


@dataclass(frozen=True)
class _Life:
    people: Residents
    shops: Whole  # fixed lines of shops and offices

    def emit(self, today: Today, facts: Facts) -> None:
        a_day = self.people.calls_a_day * (WEEKEND if today.weekend else 1)
        who = habits.times_over(today.draw, a_day, len(self.people))
        at, callee = today.moments(who.size, habits.RESIDENT), self._callees(today.draw, who)
        missed = self._call(today.draw, facts, at, who, callee)
        back = missed & (callee < len(self.people)) & (today.draw.random(who.size) < CALL_BACK_SHARE)
        again = at[back] + today.draw.integers(2 * MINUTE_MS, 60 * MINUTE_MS, int(back.sum()))
        self._call(today.draw, facts, again, callee[back], who[back])
        self._text(today, facts)

    def _callees(self, draw: np.random.Generator, who: Whole) -> Whole:
        """Return the person called, by place; beyond the people: a shop, below zero: a service."""
        callee, chance = self.people.contact_of(draw, who), draw.random(who.size)
        stranger = chance < STRANGER_SHARE
        callee[stranger] = draw.integers(0, len(self.people), int(stranger.sum()))
        fixed = (chance >= STRANGER_SHARE) & (chance < STRANGER_SHARE + FIXED_SHARE)
        callee[fixed] = len(self.people) + draw.integers(0, self.shops.size, int(fixed.sum()))
        service = chance > 1 - SERVICE_SHARE
        callee[service] = some(draw, np.r_[BANKS, CARRIERS], int(service.sum()))
        return callee

    def _call(self, draw: np.random.Generator, facts: Facts, at: Whole, who: Whole, callee: Whole) -> Mask:
        """Call; return which calls nobody answered. Services always answer."""
        known = np.r_[self.people.lines, self.shops]
        dialled = np.where(callee < 0, callee, known[np.maximum(callee, 0)])
        answered = habits.answered(draw, who.size) | (callee < 0)
        call_from(draw, facts, self.people, at, who, dialled, answered=answered)
        return ~answered

    def _text(self, today: Today, facts: Facts) -> None:
        who = habits.times_over(today.draw, self.people.texts_a_day, len(self.people))
        facts.add(
            "message",
            today.moments(who.size, habits.RESIDENT),
            text=Pick(TEXTS, today.draw.integers(0, len(TEXTS), who.size)),
            channel="sms",
            sender=self.people.lines[who],
            recipient=self.people.lines[self.people.contact_of(today.draw, who)],
            ingress=Pick(("mobile", "interconnect"), np.where(self.people.ours[who], 0, 1)),
        )


class EverydayLife(Scenario):
    """The background against which all else must be seen."""

    name = "everyday_life"
    title = Words("日常通信", "everyday life")
    tells = Words(
        "居民与亲友、商户、客服通话和发短信，未接来电会回拨", "people call and text those they know, and call back"
    )
    role = Role.ORDINARY

    def plan(self, scene: Scene) -> Plan:
        """Everybody has a number; those of other networks come over a few interconnect trunks."""
        people = scene.residents
        life = _Life(people, scene.directory.fixed(scene.each(20)))
        truths = (
            scene.whole("phone_number", people.lines, Role.ORDINARY),
            scene.whole("phone_number", life.shops, Role.ORDINARY),
            scene.whole("trunk", people.interconnect, Role.ORDINARY),
        )
        return Plan(truths, life.emit)


SCENARIO = EverydayLife()
