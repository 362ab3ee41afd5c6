"""Documents of basis are complete, approved by a second person and on record; feedback is about what a bank got."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import signing
from django.utils import timezone
from tests.command.number_signals.bank_world import basis, terms
from tests.command.people import World

from fanzha.command.audit.models import LogEntry
from fanzha.command.number_signals.models import IndicatorFeedback, SignalBasis
from fanzha.command.number_signals.services import (
    INDICATOR_SALT,
    approve_basis,
    end_basis,
    record_basis,
    record_feedback,
)
from fanzha.command.web.roles import Role
from fanzha.processes.refusal import Refusal


def kinds() -> list[str]:
    return list(LogEntry._base_manager.order_by("place").values_list("kind", flat=True))


def test_whoever_recorded_a_basis_cannot_approve_it(world: World) -> None:
    person = world.person("carrier", Role.LIAISON)
    made = record_basis(world["carrier"], terms(world), person)
    with pytest.raises(Refusal):
        approve_basis(made, person)
    approve_basis(made, world.person("carrier", Role.PRIVACY_OFFICER))
    with pytest.raises(Refusal):
        approve_basis(made, world.person("carrier", Role.PRIVACY_OFFICER))
    end_basis(made, person)
    with pytest.raises(Refusal):
        end_basis(made, person)
    assert kinds()[-3:] == ["signal_basis_recorded", "signal_basis_approved", "signal_basis_ended"]


def test_terms_are_checked(world: World) -> None:
    wrong = {
        "client": world["isp"],
        "services": ["horoscope"],
        "document": " ",
        "legal_basis": "ATF999",
        "purpose": "dpv:Marketing",
        "until": timezone.now() + timedelta(days=999),
        "quota_per_day": 0,
        "certificate": "ab",
    }
    with pytest.raises(Refusal) as refused:
        record_basis(world["carrier"], terms(world, **wrong), world.person("carrier", Role.LIAISON))
    assert refused.value.fields.keys() == wrong.keys()
    assert not SignalBasis._base_manager.exists()


def test_who_has_no_numbers_opens_verdicts_alone(world: World) -> None:
    person = world.person("centre", Role.LIAISON)
    with pytest.raises(Refusal):
        record_basis(world["centre"], terms(world), person)
    assert record_basis(world["centre"], terms(world, services=["fanzha-work-status"]), person).pk


def test_feedback_is_of_the_bank_that_was_given_the_indicator(world: World) -> None:
    basis(world)
    content = {"id": "7", "owner": world["carrier"].pk, "grade": "high", "bank": world["bank"].pk}
    given, viewer = signing.dumps(content, salt=INDICATOR_SALT), world.viewer("bank", Role.ANALYST)
    record_feedback(world["bank"], viewer, given, "false", None)
    record_feedback(world["bank"], viewer, given, "confirmed", Decimal("1200.50"))
    row = IndicatorFeedback._base_manager.get()
    assert (row.grade, row.outcome, row.stopped_cny) == ("high", "confirmed", Decimal("1200.50"))
    with pytest.raises(Refusal):
        record_feedback(world["carrier"], world.viewer("carrier", Role.ANALYST), given, "confirmed", None)
    with pytest.raises(Refusal):
        record_feedback(world["bank"], viewer, "made up", "confirmed", None)
    with pytest.raises(Refusal):
        record_feedback(world["bank"], viewer, given, "false", Decimal(1))
