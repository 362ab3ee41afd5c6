"""Look-alike: banks, parcel services and offices text everybody: codes at any hour, notices in bursts, old hosts."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._draw import Whole
from fanzha.simulate._facts import Facts
from fanzha.simulate._render import Pick
from fanzha.simulate._scenario import Plan, Scenario, Scene, Today
from fanzha.simulate._settings import DAY_MS
from fanzha.simulate._truth import Role, Truth

OLD_DAYS = 3_000
SENDERS = 6
CODES = tuple(f"【虚构通信】验证码 {code:06d}，五分钟内有效，请勿告诉他人" for code in range(0, 1_000_000, 9_973))
PARCELS = tuple(f"【虚构快递】您的包裹已到驿站，取件码 {n}-2-0000，请于22点前取走" for n in range(1, 40))
NOTICE = "【虚构银行】本月账单已出，详见 http://{host}，退订回复T"


@dataclass(frozen=True)
class _Senders:
    scene: Scene
    senders: Whole
    hosts: tuple[str, ...]

    def emit(self, today: Today, facts: Facts) -> None:
        people, force = len(self.scene.residents), self.scene.force
        self._send(today, facts, 0, CODES, today.draw.poisson(force["codes_a_day"] * people), habits.ALWAYS)
        self._send(today, facts, 2, PARCELS, today.draw.poisson(force["parcels_a_day"] * people), habits.DELIVERY)
        notices = tuple(NOTICE.format(host=host) for host in self.hosts)
        if today.number % 3 == 0:  # a burst within the hour, to a fifth of all
            self._send(today, facts, 4, notices, people // 5, (0,) * 10 + (1,) + (0,) * 13)
        everyone, at = np.arange(len(self.hosts)), np.full(len(self.hosts), today.start + 60_000)
        registered = self.scene.settings.start_ms - OLD_DAYS * DAY_MS
        facts.add("site_seen", at, host=Pick(self.hosts, everyone), registered_at=registered, seen_by="message")

    def _send(
        self, today: Today, facts: Facts, first: int, texts: tuple[str, ...], count: int, hours: habits.Hours
    ) -> None:
        draw = today.draw
        facts.add(
            "message",
            today.moments(count, hours),
            text=Pick(texts, draw.integers(0, len(texts), count)),
            channel="port_sms",
            sender=self.senders[first + draw.integers(0, 2, count)],
            recipient=self.scene.residents.strangers(draw, count),
        )


class BankAndPostTexts(Scenario):
    """Six senders: two of codes, two of parcels, two of bills."""

    name = "bank_and_post_texts"
    title = Words("银行与快递通知短信", "bank and parcel texts")
    tells = Words(
        "正规端口号群发验证码、取件码和账单，链接域名注册多年",
        "honest 106 senders: codes at any hour, parcels, bills with links of old hosts",
    )
    role = Role.LOOK_ALIKE
    strengths = {"codes_a_day": 0.4, "parcels_a_day": 0.3}

    def plan(self, scene: Scene) -> Plan:
        """Give two hosts to those who send bills."""
        senders, hosts = scene.directory.senders(SENDERS), scene.directory.hosts(2, "zhangdan")
        span = scene.settings.start_ms, scene.settings.end_ms
        truths = (
            scene.whole("short_code", senders, self.role),
            Truth("website", hosts, self.role, *span, senders[4:6]),
        )
        return Plan(truths, _Senders(scene, senders, hosts).emit)


SCENARIO = BankAndPostTexts()
