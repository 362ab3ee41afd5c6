"""Fraud: a port-number sender texts strangers by the thousand at night, with links to hosts registered yesterday."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._draw import Whole
from fanzha.simulate._facts import Facts
from fanzha.simulate._force import Limit
from fanzha.simulate._pace import shift
from fanzha.simulate._render import Pick
from fanzha.simulate._scenario import Plan, Scenario, Scene, Today
from fanzha.simulate._settings import DAY_MS
from fanzha.simulate._truth import Role, Truth

NIGHT, DAYTIME = (2, 3, 4), (10, 11, 15)
LINK_TEXTS = (
    "【虚构银行】您的账户将于今日停用，请登录 http://{host} 重新认证",
    "【虚构医保】您的医保卡异常，请点击 http://{host} 更新信息",
    "【虚构快递】您的包裹地址有误，请在 http://{host} 补填，逾期退回",
)
NOTICES = ("【虚构物业】本周六检修电梯，请绕行", "【虚构图书馆】您借的书将于周日到期")


@dataclass(frozen=True)
class _Gang:
    scene: Scene
    first: int
    senders: Whole
    hosts: tuple[str, ...]

    def emit(self, today: Today, facts: Facts) -> None:
        force, draw = self.scene.force, today.draw
        if today.number < self.first:
            return
        self._hosts_seen(today, facts)
        hours = DAYTIME if force.hides else NIGHT
        work = shift(draw, today.start, today.number, hours, 1, force.whole("recipients_per_hour"))
        who = work.identity(1, force.turns)
        texts = [text.format(host=host) for host in self.hosts for text in LINK_TEXTS]
        place = who % len(self.hosts) * len(LINK_TEXTS) + draw.integers(0, len(LINK_TEXTS), who.size)
        self._send(facts, today, work.at, self.senders[who], Pick(texts, place))
        if force.hides:
            many = who.size
            at, sender = today.moments(many, habits.OFFICE), self.senders[draw.integers(0, self.senders.size, many)]
            self._send(facts, today, at, sender, Pick(NOTICES, draw.integers(0, len(NOTICES), many)))

    def _send(self, facts: Facts, today: Today, at: Whole, sender: Whole, text: Pick) -> None:
        recipients = self.scene.residents.strangers(today.draw, at.size)
        facts.add("message", at, text=text, channel="port_sms", sender=sender, recipient=recipients)

    def _hosts_seen(self, today: Today, facts: Facts) -> None:
        """A crawler sees each host in the first text, and knows when it was registered."""
        registered = self.scene.day(self.first) - round(self.scene.force["host_age_days"] * DAY_MS)
        everyone, at = np.arange(len(self.hosts)), np.full(len(self.hosts), today.start + 60_000)
        host, url = Pick(self.hosts, everyone), Pick([f"http://{host}" for host in self.hosts], everyone)
        facts.add("site_seen", at, host=host, url=url, registered_at=registered, seen_by="message")


class SenderAbuse(Scenario):
    """A sender, from level 2 several with a host each."""

    name = "sender_abuse"
    title = Words("端口短信滥用", "text-sender (106) abuse")
    tells = Words(
        "端口号深夜向大量陌生人群发带新注册域名链接的短信",
        "a 106 sender texts strangers at night with links to fresh hosts",
    )
    role = Role.FRAUD
    strengths = {"recipients_per_hour": 800, "host_age_days": 2}
    limits = {"recipients_per_hour": Limit(200), "host_age_days": Limit(30, at_least=False)}

    def plan(self, scene: Scene) -> Plan:
        """Begin on one of the first days."""
        first, turns = int(scene.draw.integers(0, max(1, scene.settings.days // 2))), scene.force.turns
        senders, hosts = scene.directory.senders(turns), scene.directory.hosts(turns, "renzheng")
        span = scene.day(first, (DAYTIME if scene.force.hides else NIGHT)[0]), scene.settings.end_ms
        truths = (
            Truth("short_code", senders, Role.FRAUD, *span),
            Truth("website", hosts, Role.FRAUD, *span, senders),
        )
        return Plan(truths, _Gang(scene, first, senders, hosts).emit)


SCENARIO = SenderAbuse()
