"""Wordings and trials of a carrier, made up; people of the dissuasions that they warn."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone
from tests.command.people import World
from tests.command.subjects.dissuasions import begun

from fanzha.base.ids import sortable_id
from fanzha.base.words import Words
from fanzha.command.processes.models import ProcessInstance, Step
from fanzha.command.warnings.models import TrialMeasure, Wording, WordingTrial
from fanzha.command.warnings.services import approve_wording, write_wording
from fanzha.command.warnings.trials import begin_trial, propose_trial
from fanzha.command.web.roles import Role

TEXTS = Words(
    "您近期的联系人疑似诈骗，请停止转账，当面告诉家人",
    "Somebody in touch with you may be a fraudster. Pay nothing; tell your family.",
)


def write(world: World, texts: Words = TEXTS, channel: str = "text") -> Wording:
    """A draft of the carrier's analyst."""
    analyst = world.person("carrier", Role.ANALYST)
    return write_wording(world["carrier"], "fake_loan", channel, texts, analyst)


def approved(world: World, texts: Words = TEXTS, *, is_used: bool = False) -> Wording:
    """A version that the reviewer approved."""
    row = write(world, texts)
    approve_wording(row, world.person("carrier", Role.REVIEWER), is_used=is_used)
    row.refresh_from_db()
    return row


def declared(world: World, measure: TrialMeasure = TrialMeasure.DISSUADED) -> WordingTrial:
    """A trial of two versions that waits for a second person."""
    rows = [approved(world), approved(world, Words(f"{TEXTS.zh}。", f"{TEXTS.en} Hang up."))]
    until = timezone.now() + timedelta(days=60)
    return propose_trial(
        world["carrier"], rows, measure, "the longer one dissuades more", until, world.person("carrier", Role.ANALYST)
    )


def running(world: World, measure: TrialMeasure = TrialMeasure.DISSUADED) -> WordingTrial:
    """A trial that runs."""
    trial = declared(world, measure)
    begin_trial(trial, world.person("carrier", Role.REVIEWER))
    trial.refresh_from_db()
    return trial


def warn(world: World, version: str, states: Iterable[str], at: datetime) -> list[ProcessInstance]:
    """Dissuasions that were warned with a version and have ended in these states."""
    model = begun(world)
    fields = {
        field.attname: getattr(model, field.attname) for field in model._meta.concrete_fields if not field.primary_key
    }
    rows = [
        ProcessInstance(**fields | {"ref": (ref := sortable_id()), "about": ref, "state": state, "ended_at": at})
        for state in states
    ]
    made = ProcessInstance._base_manager.bulk_create(rows)
    Step._base_manager.bulk_create(
        Step(instance=row, number=90, event="record_warning_sent", after="to_contact", at=at,
             evidence={"channel": "text", "script": version})
        for row in made
    )  # fmt: skip
    model.delete()
    return made
