"""Ordinary traffic: residents call and text contacts, services and strangers, and return missed calls."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._calls import call_from_residents
from fanzha.simulate._columns import Categorical
from fanzha.simulate._facts import Facts
from fanzha.simulate._numbers import BANKS, CARRIERS
from fanzha.simulate._random import BoolArray, IntArray, sample_values
from fanzha.simulate._residents import Residents
from fanzha.simulate._scenario import Scenario, ScenarioContext, ScenarioPlan, SimulatedDay
from fanzha.simulate._settings import MINUTE_MS
from fanzha.simulate._truth import SimulatedRole

STRANGER_SHARE, FIXED_SHARE, SERVICE_SHARE = 0.05, 0.04, 0.02
WEEKEND = 0.8  # factor on the calls of a working day
CALL_BACK_SHARE = 0.3  # share of missed calls that are returned
TEXTS = (
    "我到了，你在哪个门", "晚上回家吃饭吗", "好的，明天见", "路上堵车，晚到十分钟", "生日快乐！", "到家了吗",
    "帮我带瓶酱油", "会议改到三点", "孩子接到了", "谢谢，改天请你吃饭", "周末去爬山吗", "在忙，一会儿回你",
    "药记得吃", "文件发你邮箱了", "Running late, start without me", "See you at six",
)  # fmt: skip


@dataclass(frozen=True)
class _ResidentTraffic:
    residents: Residents
    shops: IntArray  # fixed lines of shops and offices

    def emit(self, today: SimulatedDay, facts: Facts) -> None:
        calls_a_day = self.residents.calls_a_day * (WEEKEND if today.weekend else 1)
        caller_index = habits.draw_actors(today.rng, calls_a_day, len(self.residents))
        at, callee = today.draw_moments(caller_index.size, habits.RESIDENT), self._draw_callees(today.rng, caller_index)
        is_missed = self._add_calls(today.rng, facts, at, caller_index, callee)
        is_returned = (
            is_missed & (callee < len(self.residents)) & (today.rng.random(caller_index.size) < CALL_BACK_SHARE)
        )
        returned_at = at[is_returned] + today.rng.integers(2 * MINUTE_MS, 60 * MINUTE_MS, int(is_returned.sum()))
        self._add_calls(today.rng, facts, returned_at, callee[is_returned], caller_index[is_returned])
        self._add_texts(today, facts)

    def _draw_callees(self, rng: np.random.Generator, caller_index: IntArray) -> IntArray:
        """Draw the callee of each call.

        An index below the number of residents is a resident, a higher one a shop, and a negative value is the number
        of a service.
        """
        callee, chance = self.residents.draw_contacts(rng, caller_index), rng.random(caller_index.size)
        is_stranger = chance < STRANGER_SHARE
        callee[is_stranger] = rng.integers(0, len(self.residents), int(is_stranger.sum()))
        is_shop = (chance >= STRANGER_SHARE) & (chance < STRANGER_SHARE + FIXED_SHARE)
        callee[is_shop] = len(self.residents) + rng.integers(0, self.shops.size, int(is_shop.sum()))
        is_service = chance > 1 - SERVICE_SHARE
        callee[is_service] = sample_values(rng, np.r_[BANKS, CARRIERS], int(is_service.sum()))
        return callee

    def _add_calls(
        self, rng: np.random.Generator, facts: Facts, at: IntArray, caller_index: IntArray, callee: IntArray
    ) -> BoolArray:
        """Add the calls and return a mask of the unanswered ones. Services always answer."""
        callee_numbers = np.r_[self.residents.lines, self.shops]
        dialled = np.where(callee < 0, callee, callee_numbers[np.maximum(callee, 0)])
        answered = habits.draw_answered(rng, caller_index.size) | (callee < 0)
        call_from_residents(rng, facts, self.residents, at, caller_index, dialled, answered=answered)
        return ~answered

    def _add_texts(self, today: SimulatedDay, facts: Facts) -> None:
        caller_index = habits.draw_actors(today.rng, self.residents.texts_a_day, len(self.residents))
        facts.add(
            "message",
            today.draw_moments(caller_index.size, habits.RESIDENT),
            text=Categorical(TEXTS, today.rng.integers(0, len(TEXTS), caller_index.size)),
            channel="sms",
            sender=self.residents.lines[caller_index],
            recipient=self.residents.lines[self.residents.draw_contacts(today.rng, caller_index)],
            ingress=Categorical(("mobile", "interconnect"), np.where(self.residents.own_network[caller_index], 0, 1)),
        )


class EverydayLifeScenario(Scenario):
    """The background traffic of all residents."""

    name = "everyday_life"
    title = Words("日常通信", "everyday life")
    tells = Words(
        "居民与亲友、商户、客服通话和发短信，未接来电会回拨", "people call and text those they know, and call back"
    )
    role = SimulatedRole.ORDINARY

    def plan(self, context: ScenarioContext) -> ScenarioPlan:
        """Allocate the shops, and mark residents, shops and interconnect trunks as ordinary."""
        residents = context.residents
        traffic = _ResidentTraffic(residents, context.directory.fixed(context.scale_count(20)))
        truths = (
            context.build_permanent_truth("phone_number", residents.lines, SimulatedRole.ORDINARY),
            context.build_permanent_truth("phone_number", traffic.shops, SimulatedRole.ORDINARY),
            context.build_permanent_truth("trunk", residents.interconnect, SimulatedRole.ORDINARY),
        )
        return ScenarioPlan(truths, traffic.emit)


SCENARIO = EverydayLifeScenario()
