"""Innocent look-alike: banks and parcel services send codes at any hour, bursts of notices and links to old hosts."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._columns import Categorical
from fanzha.simulate._facts import Facts
from fanzha.simulate._random import IntArray
from fanzha.simulate._scenario import Scenario, ScenarioContext, ScenarioPlan, SimulatedDay
from fanzha.simulate._settings import DAY_MS
from fanzha.simulate._truth import SimulatedRole, Truth

OLD_DAYS = 3_000
SENDERS = 6
CODES = tuple(f"【虚构通信】验证码 {code:06d}，五分钟内有效，请勿告诉他人" for code in range(0, 1_000_000, 9_973))
PARCELS = tuple(f"【虚构快递】您的包裹已到驿站，取件码 {n}-2-0000，请于22点前取走" for n in range(1, 40))
NOTICE = "【虚构银行】本月账单已出，详见 http://{host}，退订回复T"


@dataclass(frozen=True)
class _NotificationSenders:
    context: ScenarioContext
    senders: IntArray
    hosts: tuple[str, ...]

    def emit(self, today: SimulatedDay, facts: Facts) -> None:
        resident_count, parameters = len(self.context.residents), self.context.parameters
        self._add_texts(
            today, facts, 0, CODES, today.rng.poisson(parameters["codes_a_day"] * resident_count), habits.ALWAYS
        )
        self._add_texts(
            today, facts, 2, PARCELS, today.rng.poisson(parameters["parcels_a_day"] * resident_count), habits.DELIVERY
        )
        notices = tuple(NOTICE.format(host=host) for host in self.hosts)
        if today.number % 3 == 0:  # a burst within one hour to a fifth of the residents
            self._add_texts(today, facts, 4, notices, resident_count // 5, (0,) * 10 + (1,) + (0,) * 13)
        host_index, at = np.arange(len(self.hosts)), np.full(len(self.hosts), today.start + 60_000)
        registered = self.context.settings.start_ms - OLD_DAYS * DAY_MS
        facts.add(
            "site_seen", at, host=Categorical(self.hosts, host_index), registered_at=registered, seen_by="message"
        )

    def _add_texts(
        self,
        today: SimulatedDay,
        facts: Facts,
        first_sender: int,
        texts: tuple[str, ...],
        count: int,
        hours: habits.HourWeights,
    ) -> None:
        rng = today.rng
        facts.add(
            "message",
            today.draw_moments(count, hours),
            text=Categorical(texts, rng.integers(0, len(texts), count)),
            channel="port_sms",
            sender=self.senders[first_sender + rng.integers(0, 2, count)],
            recipient=self.context.residents.draw_numbers(rng, count),
        )


class BankAndPostTextsScenario(Scenario):
    """Six senders: two for codes, two for parcels and two for bills."""

    name = "bank_and_post_texts"
    title = Words("银行与快递通知短信", "bank and parcel texts")
    tells = Words(
        "正规端口号群发验证码、取件码和账单，链接域名注册多年",
        "honest 106 senders: codes at any hour, parcels, bills with links of old hosts",
    )
    role = SimulatedRole.LOOK_ALIKE
    parameters = {"codes_a_day": 0.4, "parcels_a_day": 0.3}

    def plan(self, context: ScenarioContext) -> ScenarioPlan:
        """Allocate the senders, and one host for each sender of bills."""
        senders, hosts = context.directory.senders(SENDERS), context.directory.hosts(2, "zhangdan")
        span = context.settings.start_ms, context.settings.end_ms
        truths = (
            context.build_permanent_truth("short_code", senders, self.role),
            Truth("website", hosts, self.role, *span, senders[4:6]),
        )
        return ScenarioPlan(truths, _NotificationSenders(context, senders, hosts).emit)


SCENARIO = BankAndPostTextsScenario()
