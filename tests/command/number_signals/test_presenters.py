"""A basis shows its state, and its buttons to who may press them."""

from datetime import timedelta

from django.utils import timezone
from tests.command.number_signals.bank_world import basis, terms
from tests.command.people import World

from fanzha.command.number_signals.models import SignalBasis
from fanzha.command.number_signals.presenters import basis_badge, present_asked, present_basis, present_grade
from fanzha.command.number_signals.risk_indicator import GradePrecision
from fanzha.command.number_signals.services import record_basis
from fanzha.command.web.roles import Role


def test_the_second_person_of_the_owner_approves(world: World) -> None:
    made = record_basis(world["carrier"], terms(world), world.person("carrier", Role.LIAISON))
    now = timezone.now()
    own, other = world.viewer("carrier", Role.LIAISON), world.viewer("carrier", Role.PRIVACY_OFFICER)
    assert not present_basis(made, own, now).may_approve and present_basis(made, other, now).may_approve
    row = present_basis(made, world.viewer("bank", Role.LIAISON), now)
    assert not row.may_approve and not row.may_end and row.services.startswith("call forwarding")


def test_states_of_a_basis(world: World) -> None:
    made, now = SignalBasis._base_manager.get(pk=basis(world).pk), timezone.now()
    assert basis_badge(made, now).word == "in force"
    made.paused_until = now + timedelta(hours=1)
    assert basis_badge(made, now).word.startswith("paused")
    made.approved_at = None
    assert basis_badge(made, now).word == "waits for approval"
    made.until = now
    assert basis_badge(made, now).word == "expired"
    made.ended_at = now
    assert basis_badge(made, now).word == "ended"


def test_precision_is_told_in_percent() -> None:
    row = present_grade(GradePrecision("very_high", 36, 33, 0.9167, 0.7753, 0.9825, 120_000.0, 4))
    assert row == ("very high", 36, 3, "91.7%", "77.5% – 98.2%", "120,000 yuan in 4 reports")


def test_few_reports_give_no_share() -> None:
    row = present_grade(GradePrecision("high", 12, 11, 0.9167, 0.6152, 0.9979, 0.0, 0))
    assert (row.confirmed, row.interval, row.stopped) == ("not enough reports", "61.5% – 99.8%", "")


def test_what_was_asked_names_the_bank_and_the_service() -> None:
    counts = {"owner": 1, "client": 2, "service": "sim-swap", "questions": 3, "numbers": 2, "answered": 1}
    (row,) = present_asked([counts], {1: "Carrier", 2: "Bank"})
    assert row == ("Carrier", "Bank", "SIM swap", 3, 2, 1)
