"""Fraud: cards meant for meters are put into phones, call and text strangers, and travel."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._draw import Whole
from fanzha.simulate._facts import Facts
from fanzha.simulate._force import Limit
from fanzha.simulate._habits import moments
from fanzha.simulate._phones import Phones
from fanzha.simulate._render import Pick
from fanzha.simulate._scenario import Plan, Scenario, Scene, Today
from fanzha.simulate._truth import Role

AREA_CELLS = 50
OFFICE_HOUR = 8  # from which they are misused
TEXTS = ("贷款秒批，加微信 dk0000 咨询", "兼职日结三百，添加 zq00000", "您的包裹异常，请联系 kf0000 处理")


@dataclass(frozen=True)
class _Cards:
    scene: Scene
    meters: Phones  # as they were sold
    handsets: Phones  # the same cards, in phones
    calling: Whole  # cards x calls: the moments of the day each calls at, the same every day
    texting: Whole

    def emit(self, today: Today, facts: Facts) -> None:
        force, draw, count = self.scene.force, today.draw, len(self.meters)
        used = self.handsets if today.number > 0 and force.whole("device_changes") else self.meters
        drift = (today.number % max(1, force.whole("regions"))) * AREA_CELLS
        cells = (used.cells + drift) % self.scene.residents.cells
        everyone = np.arange(count)
        load = np.full(count, 400.0)
        used.seen(facts, today.moments(count, habits.ALWAYS), everyone, service="data", data_kb=load, cells=cells)
        if today.number == 0:
            return
        who = np.repeat(everyone, self.calling.shape[1])
        at, callee = today.start + self.calling.ravel(), self.scene.residents.strangers(draw, who.size)
        used.dial(today, facts, at, who, callee, talk_seconds=40, cells=cells[who])
        sender = np.repeat(everyone, self.texting.shape[1])
        facts.add(
            "message",
            today.start + self.texting.ravel(),
            text=Pick(TEXTS, draw.integers(0, len(TEXTS), sender.size)),
            channel="sms",
            sender=used.lines[sender],
            recipient=self.scene.residents.strangers(draw, sender.size),
            ingress="mobile",
        )


class IotCardMisuse(Scenario):
    """Sold as meters on the first day, misused from the second."""

    name = "iot_card_misuse"
    title = Words("物联网卡挪用", "IoT card misuse")
    tells = Words("物联网卡换到手机、拨打电话发短信、跨区域使用", "IoT cards in phones: they call, text and travel")
    role = Role.FRAUD
    strengths = {"cards": 5, "calls_a_day": 12, "texts_a_day": 30, "device_changes": 1, "regions": 4}
    limits = {"calls_a_day": Limit(3), "texts_a_day": Limit(10), "device_changes": Limit(1), "regions": Limit(2)}

    def plan(self, scene: Scene) -> Plan:
        """Take cards of 13 digits."""
        count, given = scene.force.whole("cards"), scene.directory
        lines, cards, cells = (
            given.iot(count),
            given.sim_cards(count),
            scene.draw.integers(0, scene.residents.cells, count),
        )
        meters = Phones(scene.residents, lines, cards, given.devices(count, kind=3), cells)
        handsets = Phones(scene.residents, lines, cards, given.devices(count), cells)
        calling, texting = (
            moments(scene.draw, count * scene.force.whole(name), 0, habits.OFFICE).reshape(count, -1)
            for name in ("calls_a_day", "texts_a_day")
        )
        span = scene.day(1, OFFICE_HOUR), scene.settings.end_ms
        return Plan(handsets.truths(Role.FRAUD, *span), _Cards(scene, meters, handsets, calling, texting).emit)


SCENARIO = IotCardMisuse()
