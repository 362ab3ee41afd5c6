"""Play the demo's made-up year: findings come in, campaigns are decided, orders run their course.

The importer and the services do this as in production, on a made-up clock.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import msgspec
import pyarrow.parquet as pq
from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.claims import Finding
from fanzha.claims.finding import Mode, to_table
from fanzha.command.campaigns.models import Campaign
from fanzha.command.campaigns.services import apply_transition
from fanzha.command.campaigns.transitions import CampaignTransition, TransitionKind
from fanzha.command.notices.deliveries import Attempt
from fanzha.command.notices.models import DeliveryOutcome, DeliveryRoute, LimitNotice
from fanzha.command.notices.services import hand_over
from fanzha.command.orders.services import create_draft
from fanzha.command.processes.models import Notification, ProcessInstance, SubjectNotice
from fanzha.command.processes.selectors import to_actor
from fanzha.command.processes.services import record_delivery
from fanzha.command.subjects.ingest.worker import ingest
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to
from fanzha.run.demo_cases import DemoCases
from fanzha.run.demo_steps import DemoSteps
from fanzha.run.demo_year import EPISODES, Ending, Episode

#: Mobile numbers from 1978337 on belong to no listed range; the simulated province has others of them.
_NUMBER_BASE = 8_619_790_000_000
_BLOCK = 10_000
_MADE_UP = Words("虚构数据，不涉及任何人的通信", "made-up data, nobody's communication")
_BASIS = f"ATF Art. 11; {_MADE_UP.joined()}"
_PUBLIC = Words(
    "该号码近期的通信行为与诈骗活动相似，正在核查。如有异议，可申诉复核。",
    "The recent traffic of this number looks like that of fraud and is being checked. You can appeal.",
)
_AT_RISK = Words(
    "与境外来电通话已满 15 分钟，收到端口短信 2 条，致电银行 1 次。",
    "Has been on the phone with a caller from abroad for 15 minutes; received 2 service texts; made 1 call to a bank.",
)
ALL_CALLS = Words("全部呼出", "All outgoing calls")
SUFFICIENT = Words("证据充分，同意", "The evidence is sufficient; approved")
_HANDLED = Words("已按指令处置全部对象", "All targets were handled as ordered")
_SERVICE_IS_BACK = Words("已解除，通信功能恢复", "Lifted; the service is back")
_DECORATOR = Words(
    "本人号码用于装修公司回访，未从事诈骗", "My number is used to call back a decorator's customers; it is no fraud"
)
RECEIVERS = ("mobile", "telecom", "virtual")
_FOUND_EVERY_MS = 7 * 60_000


def play_year(
    steps: DemoSteps, now: datetime, until: datetime, folder: Path, episodes: Sequence[Episode] = EPISODES
) -> None:
    """Play what happens in the year before `now`, up to `until`; the files of findings go to `folder`."""
    with steps.clock.running():
        plan_year(steps, now, folder, episodes)
        steps.clock.play(until)
    Notification.objects.filter(read_at=None, at__lt=until - timedelta(days=2)).update(read_at=until)


def plan_year(steps: DemoSteps, now: datetime, folder: Path, episodes: Sequence[Episode]) -> None:
    """Plan the episodes and the cases of the year before `now`."""
    cases = DemoCases(steps)
    cases.plan(now)
    for number, episode in enumerate(episodes):
        begins = episode.begins_at(now)
        played = PlayedEpisode(steps, cases, episode, number, folder)
        steps.clock.plan(begins + timedelta(hours=2), partial(played.begin, begins))


def build_findings(episode: Episode, number: int, begins: datetime) -> list[Finding]:
    """Return the findings of an episode, of callers and of people to be warned."""
    first, trunk = _NUMBER_BASE + number * _BLOCK, f"PBX-FIC-{number + 1:02}"
    callers = [(first + place, episode.detector, episode.fraud_type, episode.seen) for place in range(episode.numbers)]
    first_victim, at_risk = first + 5_000, "victim_at_risk"
    victims = [(first_victim + place, "victim-at-risk", at_risk, _AT_RISK) for place in range(episode.victims)]
    return [
        _finding(f"+{value}", detector, fraud_type, seen, to_ms(begins) + place * _FOUND_EVERY_MS, trunk)
        for place, (value, detector, fraud_type, seen) in enumerate(callers + victims)
    ]


def _finding(number: str, detector: str, fraud_type: str, seen: Words, found_at: int, trunk: str) -> Finding:
    return Finding(
        detector=detector,
        version="1",
        mode=Mode.LIVE,
        subject_kind="phone_number",
        subject=number,
        fraud_type=fraud_type,
        score=0.8 + int(number[-1]) / 100,
        found_at=found_at,
        valid_until=found_at + 7 * 86_400_000,
        reasons_zh=(seen.zh,),
        reasons_en=(seen.en,),
        public_zh=_PUBLIC.zh,
        public_en=_PUBLIC.en,
        sentence_zh=seen.zh,
        sentence_en=seen.en,
        evidence=msgspec.json.encode({"trunk": trunk}).decode(),
        event_ids=(f"made-up-{found_at}",),
        basis=_BASIS,
        simulated=True,
        service="voice",
    )


class PlayedEpisode:
    """One episode being played: its campaign, then the order on it with its receivers."""

    def __init__(self, steps: DemoSteps, cases: DemoCases, episode: Episode, number: int, folder: Path) -> None:
        self.steps, self.clock, self.cases, self.episode = steps, steps.clock, cases, episode
        self.number, self.folder = number, folder
        self.receivers = RECEIVERS if number % 3 == 0 else RECEIVERS[:2]

    def begin(self, begins: datetime) -> None:
        """Import the findings; the analyst takes the campaign and decides on it."""
        findings = build_findings(self.episode, self.number, begins)
        path = self.folder / f"episode-{self.number}.parquet"
        pq.write_table(to_table(findings), path)
        ingest([path], self.steps.organization("mobile"))
        self.numbers = tuple(row.subject for row in findings[: self.episode.numbers])
        for place, victim in enumerate(findings[self.episode.numbers :]):
            warn = partial(self.cases.warn_victim, victim.subject, self.episode.fraud_type)
            self.clock.plan_in(4 + 9 * place, warn)
        self.campaign = Campaign.objects.get(
            placements__subject__value=self.numbers[0], owner=self.steps.organization("mobile")
        )
        self.clock.plan_in(12, partial(self._transition, CampaignTransition(TransitionKind.TAKE)))
        if self.episode.ending is Ending.CLEARED:
            note = self.episode.reason.joined()
            self.clock.plan_in(55, partial(self._transition, CampaignTransition(TransitionKind.CLEAR, note=note)))
        else:
            self.clock.plan_in(25, partial(self._transition, CampaignTransition(TransitionKind.CONFIRM)))
            self.clock.plan_in(34, self._draft)

    def _transition(self, transition: CampaignTransition) -> None:
        viewer = self.steps.viewer("mobile", Role.ANALYST)
        apply_transition({self.campaign.ref: None}, transition, viewer, self.clock.now)

    def _draft(self) -> None:
        reason = self.episode.reason
        evidence = {
            "target_kind": "number",
            "action": "refuse",
            "reason": reason.joined(),
            "receivers": tuple(self.steps.party(name) for name in self.receivers),
            "expires_at": to_ms(self.clock.now + timedelta(days=self.episode.days)),
            "scope": ALL_CALLS.joined(),
            "campaign": self.campaign.ref,
        }
        viewer = self.steps.viewer("mobile", Role.ANALYST)
        with scoped_to(viewer):
            self.order, _impact = create_draft(evidence, self.numbers, viewer, self.clock.now)
        self.clock.plan_in(6, self._approve)

    def _approve(self) -> None:
        opinion = SUFFICIENT.joined()
        self.steps.take(self.order, "approve", "mobile", Role.REVIEWER, opinion=opinion)
        for place, name in enumerate(self.receivers):
            is_late = name == "telecom" and self.number % 5 == 4  # now and then one acknowledges late
            acknowledged_in = 12 if is_late else 2 + place
            self.clock.plan_in(acknowledged_in, partial(self._leg, name, "acknowledge"))
            self.clock.plan_in(acknowledged_in + 12, partial(self._leg, name, "report_executed"))
            self.clock.plan_in(acknowledged_in + 30, partial(self._prove, self.order, "prove", name))
        self._plan_ending()

    def _plan_ending(self) -> None:
        match self.episode.ending:
            case Ending.EXPIRED:
                self.clock.plan_in(self.episode.days * 24 * 60 + 5, partial(self._lift, self.order))
            case Ending.UPHELD:
                self.clock.plan_in(3 * 24 * 60, partial(self._appeal, "uphold"))
                self.clock.plan_in(self.episode.days * 24 * 60 + 5, partial(self._lift, self.order))
            case Ending.REJECTED:
                self.clock.plan_in(4 * 24 * 60, partial(self._appeal, "reject"))
                self.clock.plan_in(self.episode.days * 24 * 60 + 5, partial(self._lift, self.order))
            case Ending.ROLLED_BACK:
                self.clock.plan_in(5 * 60, self._roll_back)
        self.clock.plan_in(2 * 24 * 60, self._deliver_notices)

    def _leg(self, name: str, event: str) -> None:
        result = _HANDLED.joined()
        self.steps.take(self.order, event, name, Role.EXECUTOR, leg_of=name, result=result)

    def _prove(self, instance: ProcessInstance, event: str, name: str) -> None:
        self.steps.take(instance, event, "mobile", Role.ANALYST, leg_of=name, method="record")

    def _lift(self, instance: ProcessInstance) -> None:
        """Let the receivers report within half an hour that they lifted the measure, and the owner prove it."""
        result = _SERVICE_IS_BACK.joined()
        for place, name in enumerate(self.receivers):
            report = partial(
                self.steps.take, instance, "report_lifted", name, Role.EXECUTOR, leg_of=name, result=result
            )
            self.clock.plan_in(4 + 3 * place, report)
            self.clock.plan_in(25 + 3 * place, partial(self._prove, instance, "prove_lifted", name))

    def _roll_back(self) -> None:
        reason = self.episode.reason
        self.steps.take(self.order, "roll_back", "mobile", Role.REVIEWER, mistake=reason.joined())
        self._lift(self.order)

    def _appeal(self, decision: str) -> None:
        """Let the clerk file an appeal for the first number; the colleague of another unit decides the next day."""
        viewer = self.steps.viewer("mobile", Role.CLERK)
        with scoped_to(viewer):
            self.appeal = self.steps.open(
                "target_appeal",
                "appeal",
                "mobile",
                Role.CLERK,
                order=self.order.ref,
                targets=(1,),
                channel="shop",
                text=_DECORATOR.joined(),
                receivers=tuple(self.steps.party(name) for name in self.receivers),
            )
        self.clock.plan_in(20 * 60, partial(self._decide_appeal, decision))

    def _decide_appeal(self, decision: str) -> None:
        reason = {
            "uphold": Words(
                "经核实为正当经营回访电话，立即恢复",
                "These were a firm's calls back to its customers; restored at once",
            ),
            "reject": Words("通话记录与申诉不符", "The call records contradict the appeal"),
        }[decision].joined()
        self.steps.take(
            self.appeal,
            decision,
            "mobile",
            Role.REVIEWER,
            colleague=True,
            reason=reason,
            next_channel=Words("省通信管理局", "The provincial administration").joined(),
        )
        if decision == "uphold":
            self._lift(self.appeal)
            return
        self.clock.plan_in(3 * 24 * 60, self._appeal_higher)

    def _appeal_higher(self) -> None:
        self.steps.take(self.appeal, "appeal_to_regulator", "mobile", Role.CLERK)
        reject = partial(
            self.steps.take,
            self.appeal,
            "regulator_rejects",
            "administration",
            Role.REVIEWER,
            reason=Words("维持原决定", "The decision stands").joined(),
        )
        self.clock.plan_in(26 * 60, reject)

    def _deliver_notices(self) -> None:
        """Hand the notices of limits of the carrier and of the police over, and record the delivery of others."""
        for name in ("mobile", "police"):
            viewer, owner = self.steps.viewer(name, Role.EXECUTOR), self.steps.organization(name)
            handed_over = Attempt("", DeliveryRoute.SHOP, DeliveryOutcome.HANDED_OVER, "identity_card")
            limits = LimitNotice.objects.filter(instance__owner=owner, delivered_at=None, lifted_at=None)
            for limit in limits.select_related("owner", "instance"):
                hand_over(viewer, limit, handed_over, owner, timezone.now())
            waiting = SubjectNotice.objects.filter(instance__owner=owner, delivered_at=None, limit_notices=None)
            for notice in waiting.select_related("instance"):
                record_delivery(notice, Words("短信", "Text message").joined(), to_actor(viewer))
