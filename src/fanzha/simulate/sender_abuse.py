"""Fraud: a 106 sender texts thousands of strangers at night, with links to hosts registered days ago."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._columns import Categorical
from fanzha.simulate._facts import Facts
from fanzha.simulate._parameters import Limit
from fanzha.simulate._random import IntArray
from fanzha.simulate._scenario import Scenario, ScenarioContext, ScenarioPlan, SimulatedDay
from fanzha.simulate._settings import DAY_MS
from fanzha.simulate._shifts import schedule_calls
from fanzha.simulate._truth import SimulatedRole, Truth

NIGHT, DAYTIME = (2, 3, 4), (10, 11, 15)
LINK_TEXTS = (
    "【虚构银行】您的账户将于今日停用，请登录 http://{host} 重新认证",
    "【虚构医保】您的医保卡异常，请点击 http://{host} 更新信息",
    "【虚构快递】您的包裹地址有误，请在 http://{host} 补填，逾期退回",
)
NOTICES = ("【虚构物业】本周六检修电梯，请绕行", "【虚构图书馆】您借的书将于周日到期")


@dataclass(frozen=True)
class _SenderGang:
    context: ScenarioContext
    first_day: int
    senders: IntArray
    hosts: tuple[str, ...]

    def emit(self, today: SimulatedDay, facts: Facts) -> None:
        parameters, rng = self.context.parameters, today.rng
        if today.number < self.first_day:
            return
        self._add_host_sightings(today, facts)
        hours = DAYTIME if parameters.hides else NIGHT
        texts_sent = schedule_calls(rng, today.start, today.number, hours, 1, parameters.integer("recipients_per_hour"))
        sender_index = texts_sent.assign_identity(1, parameters.identity_count)
        texts = [text.format(host=host) for host in self.hosts for text in LINK_TEXTS]
        text_index = sender_index % len(self.hosts) * len(LINK_TEXTS) + rng.integers(
            0, len(LINK_TEXTS), sender_index.size
        )
        self._add_texts(facts, today, texts_sent.at, self.senders[sender_index], Categorical(texts, text_index))
        if parameters.hides:
            count = sender_index.size
            at = today.draw_moments(count, habits.OFFICE)
            sender = self.senders[rng.integers(0, self.senders.size, count)]
            self._add_texts(facts, today, at, sender, Categorical(NOTICES, rng.integers(0, len(NOTICES), count)))

    def _add_texts(self, facts: Facts, today: SimulatedDay, at: IntArray, sender: IntArray, text: Categorical) -> None:
        recipients = self.context.residents.draw_numbers(today.rng, at.size)
        facts.add("message", at, text=text, channel="port_sms", sender=sender, recipient=recipients)

    def _add_host_sightings(self, today: SimulatedDay, facts: Facts) -> None:
        """Add a `site_seen` fact with the registration date of each host."""
        registered = self.context.compute_moment(self.first_day) - round(
            self.context.parameters["host_age_days"] * DAY_MS
        )
        host_index, at = np.arange(len(self.hosts)), np.full(len(self.hosts), today.start + 60_000)
        url = Categorical([f"http://{host}" for host in self.hosts], host_index)
        facts.add(
            "site_seen",
            at,
            host=Categorical(self.hosts, host_index),
            url=url,
            registered_at=registered,
            seen_by="message",
        )


class SenderAbuseScenario(Scenario):
    """One sender, from level 2 several, with one host each."""

    name = "sender_abuse"
    title = Words("端口短信滥用", "text-sender (106) abuse")
    tells = Words(
        "端口号深夜向大量陌生人群发带新注册域名链接的短信",
        "a 106 sender texts strangers at night with links to fresh hosts",
    )
    role = SimulatedRole.FRAUD
    parameters = {"recipients_per_hour": 800, "host_age_days": 2}
    limits = {"recipients_per_hour": Limit(200), "host_age_days": Limit(30, at_least=False)}

    def plan(self, context: ScenarioContext) -> ScenarioPlan:
        """Start on a random day of the first half."""
        first_day = int(context.rng.integers(0, max(1, context.settings.days // 2)))
        identity_count = context.parameters.identity_count
        senders, hosts = context.directory.senders(identity_count), context.directory.hosts(identity_count, "renzheng")
        span = (
            context.compute_moment(first_day, (DAYTIME if context.parameters.hides else NIGHT)[0]),
            context.settings.end_ms,
        )
        truths = (
            Truth("short_code", senders, SimulatedRole.FRAUD, *span),
            Truth("website", hosts, SimulatedRole.FRAUD, *span, senders),
        )
        return ScenarioPlan(truths, _SenderGang(context, first_day, senders, hosts).emit)


SCENARIO = SenderAbuseScenario()
