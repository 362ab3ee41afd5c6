"""Emergency numbers, numbers of the spared list and victims are left out of orders; others are not."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from tests.command.orders.given import spare
from tests.command.people import World
from tests.command.subjects.factories import AT, finding_row, subject

from fanzha.base.clock import to_ms
from fanzha.base.ids import digest
from fanzha.command.orders.exclusions import (
    allowlisted_targets,
    excluded_targets,
    protected_targets,
    victim_targets,
)
from fanzha.command.subjects.models import FindingRow, Subject
from fanzha.command.subjects.selectors import VICTIM_WORDS, find_standing_findings
from fanzha.command.web.scoping import unscoped
from fanzha.dispose import Target

pytestmark = pytest.mark.usefixtures("own_home")
EMERGENCY, HOSPITAL = Target("short_code", "110"), Target("phone_number", "+861088000120")
SUSPECT, SITE = Target("phone_number", "+8617000001234"), Target("website", "x.example")
NOW = to_ms(AT + timedelta(days=1))


def is_victim(target: Target = SUSPECT) -> bool:
    return target in victim_targets([target, SITE], find_standing_findings(unscoped("test")))


def held_since(holder_from: datetime) -> Subject:
    """Return the subject that a number is in the hands of a later holder."""
    made, _ = Subject._base_manager.get_or_create(
        identity=digest(SUSPECT.kind, SUSPECT.value, str(holder_from)),
        defaults={
            "kind": SUSPECT.kind,
            "value": SUSPECT.value,
            "thing": digest(SUSPECT.kind, SUSPECT.value),
            "holder_from": holder_from,
            "created_at": AT,
        },
    )
    return made


def test_who_is_left_out_is_said_with_why(world: World, own_home: Path) -> None:
    spare(own_home, HOSPITAL.value)
    every = [EMERGENCY, HOSPITAL, SUSPECT, SITE]
    assert protected_targets(every).keys() == {EMERGENCY} and allowlisted_targets(every, 0).keys() == {HOSPITAL}
    assert excluded_targets(every, 0).keys() == {EMERGENCY, HOSPITAL}
    assert "a made-up hospital" in excluded_targets(every, 0)[HOSPITAL].en


def test_a_subject_whose_only_role_is_that_of_a_victim_is_left_out(world: World) -> None:
    finding_row(world["carrier"], subject(SUSPECT.value), fraud_type="call_forwarding", role="victim")
    assert is_victim()


def test_a_victim_and_nothing_else_is_left_out_with_what_to_do_instead(world: World) -> None:
    finding_row(world["bank"], subject(SUSPECT.value), fraud_type="victim_at_risk")
    assert excluded_targets([SUSPECT, SITE], NOW) == {SUSPECT: VICTIM_WORDS}
    assert "Warn the person instead" in VICTIM_WORDS.en and "劝阻" in VICTIM_WORDS.zh


def test_a_subject_without_findings_is_no_victim(world: World) -> None:
    assert not is_victim()
    subject(SUSPECT.value)
    assert not is_victim()


@pytest.mark.parametrize("fraud_type", ["other", "", "subscriber_fraud"])
def test_whoever_is_more_than_a_victim_is_not_left_out(world: World, fraud_type: str) -> None:
    finding_row(world["centre"], subject(SUSPECT.value), fraud_type="victim_at_risk")
    finding_row(world["bank"], subject(SUSPECT.value), fraud_type=fraud_type)
    assert not is_victim()


@pytest.mark.parametrize("changes", [{"withdrawn_at": AT}, {"superseded_by": "f" * 32}])
def test_findings_that_stand_no_longer_do_not_count(world: World, changes: dict[str, Any]) -> None:
    finding_row(world["centre"], subject(SUSPECT.value), fraud_type="victim_at_risk")
    finding_row(world["centre"], subject(SUSPECT.value), **changes)
    assert is_victim()
    FindingRow._base_manager.update(**changes)
    assert not is_victim()


def test_of_a_number_issued_again_the_latest_holder_counts(world: World) -> None:
    first, second = held_since(AT - timedelta(days=400)), held_since(AT - timedelta(days=30))
    finding_row(world["centre"], first)
    finding_row(world["centre"], second, fraud_type="victim_at_risk")
    assert is_victim()
    finding_row(world["centre"], subject(SUSPECT.value))  # names no holder
    assert not is_victim()


def test_the_victim_before_does_not_shield_the_next_holder(world: World) -> None:
    finding_row(world["centre"], held_since(AT - timedelta(days=400)), fraud_type="victim_at_risk")
    held_since(AT - timedelta(days=30))
    assert not is_victim()


def test_findings_that_came_in_later_do_not_count(world: World) -> None:
    finding_row(world["centre"], subject(SUSPECT.value), fraud_type="victim_at_risk", came_in_at=timezone.now())
    assert excluded_targets([SUSPECT], to_ms(timezone.now()), NOW) == {}
    assert excluded_targets([SUSPECT], to_ms(timezone.now()) + 1) == {SUSPECT: VICTIM_WORDS}
