"""Fraud across channels: a victim receives a text with a link to a new host, then a call from abroad."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._calls import add_honest_traffic, call_from_abroad
from fanzha.simulate._columns import Categorical, Value
from fanzha.simulate._facts import Facts
from fanzha.simulate._numbers import draw_foreign_numbers
from fanzha.simulate._parameters import Limit
from fanzha.simulate._phones import Phones
from fanzha.simulate._random import IntArray
from fanzha.simulate._scenario import Scenario, ScenarioContext, ScenarioPlan, SimulatedDay
from fanzha.simulate._settings import DAY_MS, HOUR_MS, MINUTE_MS
from fanzha.simulate._truth import SimulatedRole, Truth

TEXT = "您的账户涉嫌违规，请登录 http://{host} 核实，稍后有专员来电"
TALK_MS = 12 * MINUTE_MS


@dataclass(frozen=True)
class _TextThenCallGang:
    context: ScenarioContext
    phones: Phones  # senders of the texts
    hosts: tuple[str, ...]
    trunks: tuple[str, ...]
    victims: IntArray
    day: IntArray
    texted_at: IntArray
    called_at: IntArray

    def emit(self, today: SimulatedDay, facts: Facts) -> None:
        rows = np.flatnonzero(self.day == today.number)
        if not rows.size:
            return
        rng, count, identity_count = today.rng, rows.size, self.context.parameters.identity_count
        lines, identity_index = self.context.residents.lines[self.victims[rows]], (rows + today.number) % identity_count
        host_index = np.arange(len(self.hosts))
        registered = self.context.settings.start_ms - round(self.context.parameters["host_age_days"] * DAY_MS)
        seen_at = np.full(host_index.size, today.start + HOUR_MS)
        facts.add(
            "site_seen", seen_at, host=Categorical(self.hosts, host_index), registered_at=registered, seen_by="message"
        )
        text = Categorical([TEXT.format(host=host) for host in self.hosts], identity_index)
        message_columns: dict[str, Value] = {
            "channel": "sms",
            "sender": self.phones.lines[identity_index],
            "recipient": lines,
            "ingress": "mobile",
        }
        facts.add("message", self.texted_at[rows], text=text, **message_columns)
        call_from_abroad(
            facts,
            self.called_at[rows],
            draw_foreign_numbers(rng, count),
            lines,
            Categorical(self.trunks, identity_index),
            answered=np.ones(count, bool),
            ring_ms=habits.draw_ring_ms(rng, count),
            talk_ms=np.full(count, TALK_MS),
        )
        if self.context.parameters.hides:
            self.phones.add_everyday_traffic(today, facts)
            add_honest_traffic(today, facts, self.context.residents, self.trunks, 10 * count)


class TextThenCallScenario(Scenario):
    """A gang with its hosts and trunks, and several victims a day."""

    name = "text_then_call"
    title = Words("短信加境外来电", "text, then a call from abroad")
    tells = Words(
        "先收到带新域名链接的短信，半小时内接到境外来电",
        "a text with a fresh link, then within half an hour a call from abroad",
    )
    role = SimulatedRole.FRAUD
    parameters = {"victims_a_day": 8, "minutes_between": 10, "host_age_days": 2}
    limits = {"minutes_between": Limit(30, at_least=False), "host_age_days": Limit(30, at_least=False)}

    def plan(self, context: ScenarioContext) -> ScenarioPlan:
        """Choose the victims of every day, and schedule the texts in working hours and the calls after them."""
        parameters = context.parameters
        rng = context.rng
        days = context.settings.days
        identity_count = context.parameters.identity_count
        count = parameters.integer("victims_a_day") * days
        victims, day = context.choose_residents(count), np.repeat(np.arange(days), count // days)
        texted_at = context.settings.start_ms + day * DAY_MS + rng.integers(9 * HOUR_MS, 18 * HOUR_MS, count)
        called_at = texted_at + round(parameters["minutes_between"] * MINUTE_MS) + rng.integers(0, MINUTE_MS, count)
        phones, directory = Phones.create(context, identity_count), context.directory
        trunks, hosts = directory.names("IGW", identity_count), directory.hosts(identity_count, "heshi")
        gang = _TextThenCallGang(context, phones, hosts, trunks, victims, day, texted_at, called_at)
        span = int(texted_at.min()), context.settings.end_ms
        truths = (
            Truth("trunk", trunks, SimulatedRole.FRAUD, *span),
            Truth("website", hosts, SimulatedRole.FRAUD, *span, phones.lines),
            *phones.build_truths(SimulatedRole.FRAUD, *span),
            Truth(
                "phone_number", context.residents.lines[victims], SimulatedRole.VICTIM, texted_at, called_at + TALK_MS
            ),
        )
        return ScenarioPlan(truths, gang.emit)


SCENARIO = TextThenCallScenario()
