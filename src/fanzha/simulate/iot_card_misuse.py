"""Fraud: IoT cards sold for meters are used in phones, call and text strangers, and change regions."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._columns import Categorical
from fanzha.simulate._facts import Facts
from fanzha.simulate._habits import draw_moments
from fanzha.simulate._parameters import Limit
from fanzha.simulate._phones import Phones
from fanzha.simulate._random import IntArray
from fanzha.simulate._scenario import Scenario, ScenarioContext, ScenarioPlan, SimulatedDay
from fanzha.simulate._truth import SimulatedRole

AREA_CELLS = 50
OFFICE_HOUR = 8  # hour at which the misuse starts
TEXTS = ("贷款秒批，加微信 dk0000 咨询", "兼职日结三百，添加 zq00000", "您的包裹异常，请联系 kf0000 处理")


@dataclass(frozen=True)
class _MisusedCards:
    context: ScenarioContext
    meters: Phones  # the cards in the devices they were sold with
    handsets: Phones  # the same cards in phones
    call_offsets: IntArray  # ms of the day of each call, the same every day; cards x calls
    text_offsets: IntArray

    def emit(self, today: SimulatedDay, facts: Facts) -> None:
        parameters, rng, count = self.context.parameters, today.rng, len(self.meters)
        phones = self.handsets if today.number > 0 and parameters.integer("device_changes") else self.meters
        drift = (today.number % max(1, parameters.integer("regions"))) * AREA_CELLS
        cells = (phones.cells + drift) % self.context.residents.cells
        all_phones = np.arange(count)
        data_kb = np.full(count, 400.0)
        phones.record_sim_use(
            facts, today.draw_moments(count, habits.ALWAYS), all_phones, service="data", data_kb=data_kb, cells=cells
        )
        if today.number == 0:
            return
        caller_index = np.repeat(all_phones, self.call_offsets.shape[1])
        at, callee = (
            today.start + self.call_offsets.ravel(),
            self.context.residents.draw_numbers(rng, caller_index.size),
        )
        phones.dial(today, facts, at, caller_index, callee, talk_seconds=40, cells=cells[caller_index])
        sender = np.repeat(all_phones, self.text_offsets.shape[1])
        facts.add(
            "message",
            today.start + self.text_offsets.ravel(),
            text=Categorical(TEXTS, rng.integers(0, len(TEXTS), sender.size)),
            channel="sms",
            sender=phones.lines[sender],
            recipient=self.context.residents.draw_numbers(rng, sender.size),
            ingress="mobile",
        )


class IotCardMisuseScenario(Scenario):
    """The cards are used in meters on the first day and misused from the second."""

    name = "iot_card_misuse"
    title = Words("物联网卡挪用", "IoT card misuse")
    tells = Words("物联网卡换到手机、拨打电话发短信、跨区域使用", "IoT cards in phones: they call, text and travel")
    role = SimulatedRole.FRAUD
    parameters = {"cards": 5, "calls_a_day": 12, "texts_a_day": 30, "device_changes": 1, "regions": 4}
    limits = {"calls_a_day": Limit(3), "texts_a_day": Limit(10), "device_changes": Limit(1), "regions": Limit(2)}

    def plan(self, context: ScenarioContext) -> ScenarioPlan:
        """Allocate cards with 13-digit numbers, and draw the times of calls and texts."""
        count, directory = context.parameters.integer("cards"), context.directory
        lines = directory.iot(count)
        cards = directory.sim_cards(count)
        cells = context.rng.integers(0, context.residents.cells, count)
        meters = Phones(context.residents, lines, cards, directory.devices(count, kind=3), cells)
        handsets = Phones(context.residents, lines, cards, directory.devices(count), cells)
        call_offsets, text_offsets = (
            draw_moments(context.rng, count * context.parameters.integer(name), 0, habits.OFFICE).reshape(count, -1)
            for name in ("calls_a_day", "texts_a_day")
        )
        span = context.compute_moment(1, OFFICE_HOUR), context.settings.end_ms
        return ScenarioPlan(
            handsets.build_truths(SimulatedRole.FRAUD, *span),
            _MisusedCards(context, meters, handsets, call_offsets, text_offsets).emit,
        )


SCENARIO = IotCardMisuseScenario()
