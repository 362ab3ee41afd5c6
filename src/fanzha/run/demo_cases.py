"""Cases of the demo's made-up year beside the orders: people warned, inspections, re-reviews, blind reviews."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.command.reviews.models import ReviewItem
from fanzha.command.reviews.services import MARKS, SampleRequest, draw_sample, mark_items
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to
from fanzha.run.demo_steps import DemoSteps

_HOUR, _DAY = 60, 24 * 60  # minutes
_SAVED, _LOST = 36_000, 18_500  # CNY
#: An account number with a prefix that no bank has.
ACCOUNT = "9999000000000000"
_SON = Words("来电的是在国外留学的儿子", "The caller is her son, who studies abroad")
_UNCHECKED = Words("两家代理网点未留存实名核验记录", "Two outlets kept no record of their identity checks")
_MANY_CARDS = Words("一证多卡，近期异地启用", "Many cards in one name, lately used in another city")


class DemoCases:
    """The cases of one province, planned on its clock."""

    def __init__(self, steps: DemoSteps) -> None:
        self.steps, self.clock = steps, steps.clock
        self._victims = 0

    def plan(self, now: datetime) -> None:
        """Plan the cases that happen by themselves, as seen from the day of the demo."""
        for days, name, ending in ((205, "telecom", "right"), (96, "virtual", "nothing"), (13, "broadband", "open")):
            self._plan_at(now, days, 10, partial(self._inspect, name, ending))
        self._plan_at(now, 140, 9, partial(self._review_card, "+8619791500001", True))
        self.clock.plan(now - timedelta(hours=3), partial(self._review_card, "+8619791500002", False))
        self._plan_at(now, 61, 11, partial(self._receive_case_numbers, ("+8619791600001", "+8619791600002")))
        self._plan_at(now, 30, 16, partial(self._review_blindly, 90, True))
        self._plan_at(now, 3, 16, partial(self._review_blindly, 30, False))

    def warn_victim(self, number: str, fraud_type: str) -> None:
        """Begin to dissuade a possible victim; the outcomes take turns."""
        self._victims += 1
        case = self.steps.open(
            "dissuasion",
            "open",
            "mobile",
            Role.ANALYST,
            fraud_type=fraud_type if fraud_type in _DISSUASION_TYPES else "other",
            grade="high",
            person=number,
            situation=Words(
                "正与境外来电长时间通话，并致电银行", "On a long call from abroad; has called a bank"
            ).joined(),
        )
        take = partial(self._then, case)
        match self._victims % 4:
            case 1:  # she listens, her bank holds the payment back
                take(3, "reach")
                take(5, "hint_bank", banks=(self.steps.party("bank"),))
                take(9, "acknowledge", "bank", Role.EXECUTOR, leg_of="bank")
                take(45, "report_back", "bank", Role.EXECUTOR, leg_of="bank", result="delayed", money_saved=_SAVED)
                take(20 * _HOUR, "confirm_dissuaded", confirmed_by="herself", money_saved=_SAVED)
            case 2:  # she does not, and the police visit her
                take(4, "refuse_to_listen")
                take(6, "ask_visit", visitors=(self.steps.party("police"),))
                take(13, "acknowledge", "police", Role.LIAISON, leg_of="police")
                take(85, "report_back", "police", Role.LIAISON, leg_of="police", result="dissuaded")
                take(90, "confirm_dissuaded", confirmed_by="police")
            case 3:  # too late: she has paid, and the police have the money held
                take(3, "miss")
                take(11, "reach")
                take(14, "report_paid", amount=_LOST, paid_at=to_ms(self.clock.now))
                self.clock.plan_in(16, partial(self._stop_payment, number))
                take(2 * _DAY, "confirm_loss", confirmed_by="police", lost=_LOST)
            case _:  # it was her son who called
                take(4, "says_wrong", note=_SON.joined())
                take(3 * _HOUR, "confirm_no_fraud", "mobile", Role.REVIEWER, confirmed_by="family")

    def _then(
        self, case: Any, minutes: float, event: str, name: str = "mobile", role: Role = Role.ANALYST, **given: Any
    ) -> None:
        self.clock.plan_in(minutes, partial(self.steps.take, case, event, name, role, **given))

    def _plan_at(self, now: datetime, days: int, hour: int, action: Callable[[], object]) -> None:
        day = now - timedelta(days=days)
        self.clock.plan(day.replace(hour=hour - 8, minute=0, second=0, microsecond=0), action)  # Beijing is UTC+8

    def _stop_payment(self, victim: str) -> None:
        ends_at = to_ms(self.clock.now + timedelta(hours=47))
        case = self.steps.open(
            "stop_payment",
            "request",
            "police",
            Role.LIAISON,
            victim=victim,
            accounts=(ACCOUNT,),
            amount=_LOST,
            banks=(self.steps.party("bank"),),
            hold_ends_at=ends_at,
        )
        take = partial(self._then, case)
        take(3, "approve", "police", Role.REVIEWER)
        take(10, "report_held", "bank", Role.EXECUTOR, leg_of="bank", amount=_LOST)
        freeze_ends = to_ms(self.clock.now + timedelta(days=100))
        take(30 * _HOUR, "freeze", "police", Role.REVIEWER, hold_ends_at=freeze_ends)
        take(30 * _HOUR + 20, "report_frozen", "bank", Role.EXECUTOR, leg_of="bank", amount=_LOST)
        take(40 * _DAY, "return_money", "police", Role.REVIEWER, colleague=True, amount=_LOST)

    def _inspect(self, name: str, ending: str) -> None:
        people = (self.steps.province.people, self.steps.province.colleagues)
        inspectors = tuple(some["administration", Role.INSPECTOR].ref for some in people)
        case = self.steps.open(
            "supervision",
            "join_police",
            "administration",
            Role.INSPECTOR,
            inspected=self.steps.party(name),
            inspectors=inspectors,
        )
        take = partial(self._then, case)
        if ending == "nothing":
            take(3 * _DAY, "no_finding", "administration", Role.INSPECTOR)
            return
        take(
            2 * _DAY,
            "find",
            "administration",
            Role.INSPECTOR,
            clause=Words("《反电信网络诈骗法》第十一条", "Anti-Fraud Law, Art. 11").joined(),
            facts=_UNCHECKED.joined(),
            gravity="plain",
        )
        rectify_by = to_ms(self.clock.now + timedelta(days=32))
        take(3 * _DAY, "confirm_finding", "administration", Role.INSPECTOR, colleague=True, rectify_by=rectify_by)
        if ending == "right":
            take(18 * _DAY, "put_right", name, Role.REVIEWER)
            take(22 * _DAY, "in_order", "administration", Role.INSPECTOR)

    def _review_card(self, number: str, is_verified: bool) -> None:
        case = self.steps.open(
            "card_rereview",
            "flag",
            "mobile",
            Role.ANALYST,
            cause="many_cards",
            findings=(_MANY_CARDS.joined(),),
            card=number,
        )
        take = partial(self._then, case)
        take(20, "grade", grade="b")
        take(40, "ask_to_verify", channel="text_message")
        take(50, "record_delivery", "mobile", Role.EXECUTOR)
        if is_verified:
            take(2 * _DAY, "submit_verification", "mobile", Role.CLERK, route="shop")
            take(2 * _DAY + 30, "pass_verification", "mobile", Role.REVIEWER)

    def _receive_case_numbers(self, numbers: tuple[str, ...]) -> None:
        case = self.steps.open(
            "police_case_number",
            "receive",
            "police",
            Role.LIAISON,
            numbers=numbers,
            authority=Words("示例市公安局", "Example City Police").joined(),
            case_number="示例刑立字〔2026〕0001号",
            status_ends_at=to_ms(self.clock.now + timedelta(days=365)),
        )
        self._then(case, 40, "accept", "police", Role.REVIEWER, told=(self.steps.party("mobile"),))

    def _review_blindly(self, days: int, is_settled: bool) -> None:
        """Let the reviewer draw a sample of findings, and the colleagues, who decided on none of them, mark it."""
        now = self.clock.now
        request = SampleRequest(size=30, since=now - timedelta(days=days), until=now)
        viewer = self.steps.viewer("mobile", Role.REVIEWER)
        with scoped_to(viewer):
            sample = draw_sample(request, viewer, seed=2_026)
        fraud, innocent = MARKS[0], MARKS[1]
        items = list(ReviewItem.objects.filter(sample=sample).order_by("pk").values_list("item", flat=True))
        marks = {item: innocent if place % 9 == 4 else fraud for place, item in enumerate(items)}
        for role in (Role.ANALYST, Role.REVIEWER) if is_settled else (Role.ANALYST,):
            marker = self.steps.viewer("mobile", role, colleague=True)
            with scoped_to(marker):
                mark_items(sample, marks, marker)


_DISSUASION_TYPES = frozenset(
    {
        "brushing",
        "fake_invest",
        "fake_loan",
        "fake_cs",
        "fake_authority",
        "fake_boss_friend",
        "fake_shopping",
        "fake_credit",
        "flight_refund",
    }
)
