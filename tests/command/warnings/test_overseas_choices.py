"""A subscriber's choice is his operator's to record, is published at once, and ends with the holder."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from django.utils import timezone
from tests.command.number_tags.own_numbers import own, run_range
from tests.command.people import World

from fanzha.base.clock import to_ms
from fanzha.command.audit.models import LogEntry
from fanzha.command.organizations.models import Organization
from fanzha.command.warnings.models import ChoiceEnd, OverseasChoice
from fanzha.command.warnings.overseas_choices import (
    ChoiceRequest,
    answer_text,
    choose,
    end_choice,
    end_of_former_holders,
    find_choice,
    publish_choices,
    republish_choices,
)
from fanzha.command.web.roles import Role
from fanzha.processes.refusal import Refusal
from fanzha.store.number_signals import SIGNAL_RECORD, number_digits, write_signals
from fanzha.store.overseas_choices import load_overseas_choices

NUMBER, OTHER, AUNT = "+8617000000001", "+8617000000002", "+12025550100"


SETTINGS = '[verdicts]\norganisation = "Example carrier"\n[overseas_calls]\nmost_exceptions = 1\n'


@pytest.fixture(autouse=True)
def settings(world: World, home: Path) -> None:
    """Let the screens be the carrier's, and two numbers its own."""
    own(world, NUMBER, OTHER)
    run_range(world, "carrier", SETTINGS)


def published() -> dict[int, bool]:
    choices = load_overseas_choices()
    assert choices is not None
    return dict(zip(choices.keys.tolist(), choices.announced.tolist(), strict=True))


def test_a_choice_is_published_replaced_and_ended(world: World) -> None:
    clerk = world.person("carrier", Role.CLERK)
    outcome = choose(world["carrier"], ChoiceRequest("170 0000 0001", "refuse", "shop", [AUNT]), clerk)
    assert outcome.choice and outcome.choice.number == NUMBER and "QXJW" not in outcome.confirmation.zh
    assert "取消境外" in outcome.confirmation.zh and published() == {8617000000001: False}
    choices = load_overseas_choices()
    assert choices and choices.exceptions == {8617000000001: [12025550100]}
    choose(world["carrier"], ChoiceRequest(NUMBER, "announce", "hotline"), clerk)
    assert published() == {8617000000001: True}
    assert end_choice(world["carrier"], NUMBER, "text", None).choice is None and published() == {}
    reasons = OverseasChoice._base_manager.order_by("pk").values_list("end_reason", flat=True)
    assert [*reasons] == [ChoiceEnd.REPLACED, ChoiceEnd.REVERSED]
    entries = LogEntry._base_manager.filter(kind__startswith="overseas").order_by("pk")
    assert [entry.kind for entry in entries] == ["overseas_chosen", "overseas_chosen", "overseas_choice_ended"]
    with pytest.raises(Refusal):
        end_choice(world["carrier"], NUMBER, "shop", clerk)


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (ChoiceRequest("+8617000000009", "refuse", "shop"), "number"),
        (ChoiceRequest("hello", "refuse", "shop"), "number"),
        (ChoiceRequest(AUNT, "refuse", "shop"), "number"),
        (ChoiceRequest(NUMBER, "both", "shop"), "kind"),
        (ChoiceRequest(NUMBER, "refuse", "pigeon"), "channel"),
        (ChoiceRequest(NUMBER, "refuse", "shop", [AUNT, "+442079460958"]), "exceptions"),
        (ChoiceRequest(NUMBER, "refuse", "shop", [OTHER]), "exceptions"),
        (ChoiceRequest(NUMBER, "refuse", "shop", (), timezone.now() + timedelta(days=1)), "requested_at"),
    ],
)
def test_a_request_that_cannot_be_is_refused(world: World, request_: ChoiceRequest, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        choose(world["carrier"], request_, None)
    assert set(refused.value.fields) == {field} and load_overseas_choices() is None


def test_nobody_chooses_for_the_subscribers_of_another(world: World) -> None:
    with pytest.raises(Refusal):
        choose(world["other_carrier"], ChoiceRequest(NUMBER, "refuse", "shop"), None)
    choose(world["carrier"], ChoiceRequest(NUMBER, "refuse", "shop"), None)
    assert find_choice(world["other_carrier"], NUMBER) is None and find_choice(world["carrier"], NUMBER)


def test_a_text_with_a_keyword_is_answered_and_another_changes_nothing(world: World) -> None:
    carrier = world["carrier"]
    assert "拒接境外" in answer_text(carrier, NUMBER, "what is this").confirmation.zh and not find_choice(
        carrier, NUMBER
    )
    assert answer_text(carrier, NUMBER, " 拒接 境外 ").choice
    assert (choice := answer_text(carrier, NUMBER, "tsjw").choice) and choice.kind == "announce"
    assert answer_text(carrier, NUMBER, "QXJW").choice is None and not find_choice(carrier, NUMBER)
    assert "again" in answer_text(carrier, NUMBER, "QXJW").confirmation.en


def test_the_table_of_an_operator_that_lost_a_number_decides_nothing(world: World) -> None:
    own(world, NUMBER, name="other_carrier")
    run_range(world, "other_carrier", SETTINGS)
    choose(world["other_carrier"], ChoiceRequest(NUMBER, "refuse", "shop"), None)
    with pytest.raises(Refusal):
        choose(world["carrier"], ChoiceRequest(NUMBER, "announce", "shop"), None)
    row = np.zeros(1, SIGNAL_RECORD)
    row["holder_from"] = to_ms(timezone.now() + timedelta(minutes=1))
    write_signals(world["carrier"].ref, np.array([number_digits(NUMBER)]), row)
    assert end_of_former_holders(timezone.now()) == 0 and published() == {8617000000001: False}


def test_a_choice_is_ended_at_the_operator_that_the_number_was_carried_to(world: World) -> None:
    choose(world["carrier"], ChoiceRequest(NUMBER, "refuse", "shop"), None)
    stranger = answer_text(world["other_carrier"], NUMBER, "QXJW")
    assert "again" not in stranger.confirmation.en and published()  # never say that calls arrive while they are refused
    own(world, NUMBER, name="other_carrier")
    run_range(world, "other_carrier", SETTINGS)
    assert "again" in answer_text(world["other_carrier"], NUMBER, "QXJW").confirmation.en and published() == {}


def test_a_choice_ends_when_the_number_has_another_holder(world: World, home: Path) -> None:
    for number in (NUMBER, OTHER):
        choose(world["carrier"], ChoiceRequest(number, "refuse", "app"), None)
    row = np.zeros(1, SIGNAL_RECORD)
    row["holder_from"] = to_ms(timezone.now() + timedelta(minutes=1))
    write_signals(world["carrier"].ref, np.array([number_digits(NUMBER)]), row)
    assert end_of_former_holders(timezone.now()) == 1 and published() == {8617000000002: False}
    assert OverseasChoice._base_manager.get(number=NUMBER).end_reason == ChoiceEnd.NEW_HOLDER


def test_what_could_not_be_published_is_published_by_the_job(world: World, home: Path) -> None:
    choose(world["carrier"], ChoiceRequest(NUMBER, "refuse", "app"), None)
    (home / "tables" / "overseas_choices.parquet").unlink()
    republish_choices(timezone.now())
    assert published() == {8617000000001: False}


def test_a_simulated_operator_changes_nothing_for_real_screens(world: World, home: Path) -> None:
    Organization.objects.filter(pk=world["centre"].pk).update(simulated=False)
    run_range(world, "carrier", '[verdicts]\norganisation = "Example centre"\n')
    choose(world["carrier"], ChoiceRequest(NUMBER, "refuse", "app"), None)
    assert published() == {}
    publish_choices()
