"""Looks that steps of processes ask for: a site is looked at again before it is blocked and when somebody objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from fanzha.base.clock import from_ms
from fanzha.command.captures.selectors import describe_look, find_latest_looks
from fanzha.command.captures.services import plan_looks
from fanzha.command.processes.services import StepCheck, StepWriter
from fanzha.command.subjects.selectors import find_subjects
from fanzha.command.web.components import FactItem
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.processes.situation import Change

if TYPE_CHECKING:
    from fanzha.command.processes.models import ProcessInstance

_UNSCOPED = unscoped("a step of a process has the site looked at that it is about")
PROCESS = "indicator"
#: The proposal that a second person confirms, and objections.
_EVENTS = frozenset({"judge_fraud", "object", "object_to_regulator"})


def plan_site_looks(instance: ProcessInstance, change: Change) -> None:
    """Plan a look at the site of an indicator that is to be blocked, or that somebody objects for."""
    steps = [step for step in change.steps if step.event in _EVENTS and not step.leg]
    if steps and (host := _find_host(instance)):
        plan_looks(instance.owner, [host], instance.ref, from_ms(steps[-1].at))


def describe_site(instance: ProcessInstance, _leg: str, _viewer: Viewer) -> list[FactItem]:
    """Return what the latest look at the site of an indicator found, for the forms of its steps."""
    host = _find_host(instance)
    look = find_latest_looks([host]).get(host) if host else None
    return [FactItem(_("Latest look at the page"), describe_look(look))] if look else []


def _find_host(instance: ProcessInstance) -> str:
    subjects = find_subjects(_UNSCOPED).filter(ref=instance.about, kind="website") if instance.about else None
    return str(subjects.values_list("value", flat=True).first() or "") if subjects is not None else ""


CHECKS: dict[str, StepCheck] = {}
WRITERS: dict[str, StepWriter] = {PROCESS: plan_site_looks}
STEP_FACTS = {PROCESS: describe_site}
