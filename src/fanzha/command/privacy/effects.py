"""Effects of a request of a person: collect what is held on the person, and carry the granted request out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.privacy.person_data import build_json, build_text, collect, describe, identify
from fanzha.command.privacy.person_requests import carry_out
from fanzha.command.processes.selectors import current_situation
from fanzha.command.processes.services import EffectHandler, fire, store_for_organization
from fanzha.processes.effects import Effect
from fanzha.processes.parties import SYSTEM

if TYPE_CHECKING:
    from fanzha.command.processes.models import OutboxItem

#: States in which an effect does its work; a retry after the step was taken finds another one.
_TO_COLLECT, _TO_CARRY_OUT = "identified", "carrying_out"
_NOTHING_FOUND = "没有与该人有关的数据 nothing is held on this person"


def collect_person_data(item: OutboxItem) -> None:
    """Search all tables, store the report as two files, and take the step that names them.

    The files are personal evidence: opening one requires a purpose, is charged by the disclosure gate and is logged.
    """
    instance, now = item.instance, timezone.now()
    if instance.state != _TO_COLLECT:
        return
    identity = identify(instance, now)
    data = list(collect(identity))
    evidence: dict[str, object] = {"found": tuple(describe(part) for part in data) or (_NOTHING_FOUND,)}
    if any(part.table.shows for part in data):
        reports = (build_json(identity, data, now), build_text(identity, data, now))
        evidence["report"] = tuple(store_for_organization(report, instance.owner_id) for report in reports)
    fire(instance.ref, "collect", SYSTEM, evidence, at=now)


def carry_out_person_request(item: OutboxItem) -> None:
    """Carry out a granted request, and take the step that says what was done and what the law keeps."""
    instance, now = item.instance, timezone.now()
    if instance.state != _TO_CARRY_OUT:
        return
    kind = str(current_situation(instance).facts["request"])
    with recorded() as log:
        results = carry_out(instance, kind, now, log)
        fire(instance.ref, "carry_out", SYSTEM, {"results": tuple(map(_line, results))}, at=now)


def _line(words: Words) -> str:
    return f"{words.zh} · {words.en}"


EFFECTS = {
    Effect.COLLECT_PERSON_DATA: EffectHandler(collect_person_data),
    Effect.CARRY_OUT_PERSON_REQUEST: EffectHandler(carry_out_person_request),
}
