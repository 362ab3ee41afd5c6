"""The modules with which other apps extend processes, found by their names.

An app may have `effects.py` with `EFFECTS`, the handlers of effects, and `POLLS`, which the worker calls whenever it
looks for work, and `checks.py` with `CHECKS`, which may refuse a
step, `COMPUTED` and `COMPUTED_STEPS`, the evidence that no user gives when a process is opened and in later steps,
`WRITERS`, which write rows of their own for a step, `BARS`, which say why a person may not take a step that the process
itself allows him, `STEP_PAGES`, the pages on which people open a process or take a step instead of the generated form,
`JOINT_TITLES`, what several steps on one such page are called, `STEP_FACTS`, what the generated form shows of the case
beside its fields, and `INSTANCE_PAGES`, the pages of running processes. One app has `process_subjects.py` with the
functions on subjects that processes need, and one `leg_delivery.py`, which sends legs and describes how. An app with
`notice_delivery.py` has a written notice delivered to the person (`register_notice`), and says which notices are
delivered by proof alone (`needs_proof`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast

from fanzha.base.words import Words
from fanzha.command.processes.delivery_pool import PendingDelivery
from fanzha.command.processes.models import OutboxItem, ProcessInstance, SubjectNotice
from fanzha.command.web.components import FactItem
from fanzha.command.web.discovery import app_modules
from fanzha.command.web.viewer import Viewer
from fanzha.processes.evidence import EvidenceField
from fanzha.processes.parties import Actor, Party
from fanzha.processes.process import Event, Process
from fanzha.processes.refusal import Reason, Refusal
from fanzha.processes.situation import Change, LegState

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization

logger = logging.getLogger(__name__)

COMPUTED_WORDS = Words("由系统计算，请勿填写", "the system works this out; leave it empty")


class RetryLater(Exception):
    """Raised when an effect cannot run now and must be retried; the text gives the reason."""


class EffectHandler(NamedTuple):
    """The handler of one effect.

    `run` may be called again with the same item after a crash and must then change nothing (compare `item.key`).
    It runs in the transaction that marks the item as done. With `sends` it runs before that transaction and returns a
    pending delivery to a receiver's system.
    """

    run: Callable[[OutboxItem], PendingDelivery | None]
    sends: bool = False


@cache
def load_polls() -> tuple[Callable[[], int], ...]:
    """Return the functions of all apps that look for news from outside the database; each returns how many it took."""
    return tuple(poll for module in app_modules("effects") for poll in getattr(module, "POLLS", ()))


@cache
def load_handlers() -> dict[str, EffectHandler]:
    """Return the handlers by effect. Raise TypeError if two apps handle the same effect."""
    handlers: dict[str, EffectHandler] = {}
    for module in app_modules("effects"):
        for effect, handler in module.EFFECTS.items():
            if str(effect) in handlers:
                raise TypeError(f"two apps handle {effect}; the second is {module.__name__}")
            handlers[str(effect)] = handler
    return handlers


def warm_up() -> None:
    """Load the effect handlers and call `warm_up()` of each `effects.py` that has one.

    Loading at start keeps the delay out of the first order.
    """
    load_handlers()
    for module in app_modules("effects"):
        try:
            getattr(module, "warm_up", lambda: None)()
        except Exception as problem:  # the worker works without, only later
            logger.warning("%s is not ready yet: %s", module.__name__, problem)


class StepAttempt(NamedTuple):
    """A step that the engine allows, at a moment (UTC ms), in a process of `owner`; `actor` takes it.

    `instance` is None while the process is being opened.
    """

    event: str
    evidence: Mapping[str, Any]
    facts: Mapping[str, Any]
    at: int
    owner: Party
    instance: ProcessInstance | None = None
    actor: Actor | None = None
    legs: tuple[LegState, ...] = ()  # after the step


#: Raises Refusal for a step that must not be taken; the process is unchanged then.
StepCheck = Callable[[StepAttempt], None]


def run_checks(process: str, attempt: StepAttempt) -> None:
    """Run the checks of all apps for a step of a process. Raise Refusal."""
    for check in load_checks().get(process, ()):
        check(attempt)


@cache
def load_checks() -> dict[str, list[StepCheck]]:
    """Return the checks of all apps by process name."""
    checks: dict[str, list[StepCheck]] = {}
    for module in app_modules("checks"):
        for process, check in module.CHECKS.items():
            checks.setdefault(process, []).append(check)
    return checks


#: Returns the reasons why a person may not take some of the events that the process offers him.
StepBar = Callable[[ProcessInstance, Actor, frozenset[str]], Mapping[str, Words]]


def find_bars(instance: ProcessInstance, actor: Actor, events: frozenset[str]) -> Mapping[str, Words]:
    """Return the reasons of all apps, by event, why a person may not take a step: pages do not offer it then."""
    bars = load_bars().get(instance.process, ()) if events else ()
    return {event: why for bar in bars for event, why in bar(instance, actor, events).items()}


@cache
def load_bars() -> dict[str, list[StepBar]]:
    """Return the bars of all apps by process name."""
    bars: dict[str, list[StepBar]] = {}
    for module in app_modules("checks"):
        for process, bar in getattr(module, "BARS", {}).items():
            bars.setdefault(process, []).append(bar)
    return bars


#: Writes the rows of another app for the steps of a change, in the transaction that records them.
StepWriter = Callable[[ProcessInstance, Change], None]


#: The key of `WRITERS` for writers of every process.
EVERY_PROCESS = "*"


def run_writers(instance: ProcessInstance, change: Change) -> None:
    """Run the writers of all apps for a recorded change of a process."""
    writers = load_writers()
    for write in (*writers.get(instance.process, ()), *writers.get(EVERY_PROCESS, ())):
        write(instance, change)


@cache
def load_writers() -> dict[str, list[StepWriter]]:
    """Return the writers of all apps by process name."""
    writers: dict[str, list[StepWriter]] = {}
    for module in app_modules("checks"):
        for process, write in getattr(module, "WRITERS", {}).items():
            writers.setdefault(process, []).append(write)
    return writers


def find_step_page(process: str, event: str) -> str:
    """Return the URL name of the page on which people open a process or take a step, "" for the generated form."""
    return load_step_pages().get((process, event), "")


@cache
def load_step_pages() -> dict[tuple[str, str], str]:
    """Return the URL names of the pages of all apps by process and event."""
    pages: dict[tuple[str, str], str] = {}
    for module in app_modules("checks"):
        pages.update(getattr(module, "STEP_PAGES", {}))
    return pages


def find_joint_title(process: str, event: str) -> Words | None:
    """Return what the steps that people take on one page are called together, None for a step by itself."""
    return load_joint_titles().get(find_step_page(process, event))


@cache
def load_joint_titles() -> dict[str, Words]:
    """Return the titles of all apps by the URL name of the page."""
    titles: dict[str, Words] = {}
    for module in app_modules("checks"):
        titles.update(getattr(module, "JOINT_TITLES", {}))
    return titles


#: Says what a step is about, by the process, the name of the leg ("" for the process itself) and the viewer.
StepFacts = Callable[[ProcessInstance, str, Viewer], list[FactItem]]


def describe_step(instance: ProcessInstance, leg: str, viewer: Viewer) -> list[FactItem]:
    """Return the facts of the case for the form of a step, [] for processes without `STEP_FACTS` of an app."""
    describe = load_step_facts().get(instance.process)
    return describe(instance, leg, viewer) if describe else []


@cache
def load_step_facts() -> dict[str, StepFacts]:
    """Return the descriptions of steps of all apps by process."""
    described: dict[str, StepFacts] = {}
    for module in app_modules("checks"):
        described.update(getattr(module, "STEP_FACTS", {}))
    return described


def find_instance_page(process: str) -> str:
    """Return the URL name of the page of a running process."""
    return load_instance_pages().get(process, "process")


@cache
def load_instance_pages() -> dict[str, str]:
    """Return the URL names of the pages of running processes of all apps, by process."""
    pages: dict[str, str] = {}
    for module in app_modules("checks"):
        pages.update(getattr(module, "INSTANCE_PAGES", {}))
    return pages


class ComputedEvidence(NamedTuple):
    """The fields of evidence that the service computes when a process is opened, and the title of the process.

    `values` and `title` get the other evidence, which is not yet checked. Without `title` the user gives it. The page
    from which people open the process gives the fields `given`; the form shows them as text, as `describe` says.
    """

    names: frozenset[str]
    values: Callable[[Mapping[str, Any]], Mapping[str, Any]]
    title: Callable[[Mapping[str, Any]], str] | None
    given: frozenset[str] = frozenset()
    describe: Callable[[Mapping[str, Any]], list[FactItem]] = lambda _evidence: []


def find_computed(process: str, event: str) -> ComputedEvidence | None:
    """Return what the service computes when an event opens a process, None if it computes nothing."""
    return load_computed().get((process, event))


@cache
def load_computed() -> dict[tuple[str, str], ComputedEvidence]:
    """Return the computed evidence of all apps by process and event."""
    return {
        opening: computed
        for module in app_modules("checks")
        for opening, computed in getattr(module, "COMPUTED", {}).items()
    }


class ComputedStep(NamedTuple):
    """The fields of evidence that the service computes when a step of a running process is taken.

    `values` gets the process before the step and the other evidence, which is not yet checked; it may leave fields out.
    `leg_values` does so for steps of legs, with the name of the leg.
    """

    names: frozenset[str]
    values: Callable[[ProcessInstance, Mapping[str, Any]], Mapping[str, Any]] = lambda _instance, _evidence: {}
    leg_values: Callable[[ProcessInstance, str], Mapping[str, Any]] = lambda _instance, _leg: {}


@cache
def load_computed_steps() -> dict[tuple[str, str], ComputedStep]:
    """Return the computed evidence of later steps of all apps by process and event."""
    return {
        step: computed
        for module in app_modules("checks")
        for step, computed in getattr(module, "COMPUTED_STEPS", {}).items()
    }


def without_computed(process: str, event: str, fields: Mapping[str, EvidenceField]) -> dict[str, EvidenceField]:
    """Return the evidence fields of a step that people give."""
    computed = load_computed_steps().get((process, event))
    return {name: field for name, field in fields.items() if computed is None or name not in computed.names}


def complete_step(instance: ProcessInstance, event: str, evidence: Mapping[str, Any], leg: str) -> dict[str, Any]:
    """Return the evidence of a step with what the service computes. Raise Refusal for a computed field that is given.

    `leg` is the name of the leg that the step is of, "" for one of the process itself. A field that the version of the
    process does not have is left out.
    """
    computed = load_computed_steps().get((instance.process, event))
    machine = instance.version.process.machine_for(event)
    if computed is None or machine is None:
        return dict(evidence)
    names = computed.names & machine.events[event].evidence.keys()
    if given := sorted(names & evidence.keys()):
        raise Refusal(Reason.EVIDENCE, COMPUTED_WORDS, fields=dict.fromkeys(given, COMPUTED_WORDS))
    if not names:
        return dict(evidence)
    values = computed.leg_values(instance, leg) if leg else computed.values(instance, evidence)
    return {**evidence, **{name: value for name, value in values.items() if name in names}}


class SubjectHooks(Protocol):
    """The functions of the module `process_subjects`."""

    def check_subjects(self, fields: Mapping[str, EvidenceField], values: Mapping[str, Any]) -> None:
        """Raise Refusal for a value that is not of the kind that its field names."""

    def check_roles(self, process: Process, attempt: StepAttempt, actor: Actor, about: str = "") -> None:
        """Raise Refusal if a step of a process that limits somebody aims at a victim.

        `about` is the ref of the subject that a new process is opened on.
        """

    def opening_values(
        self, owner: Organization, event: Event, evidence: Mapping[str, Any], about: str, at: int
    ) -> Mapping[str, Any]:
        """Return the evidence of an opening event that is computed from its subject.

        `about` is the ref of the subject that the process is opened on, `at` the moment of opening (UTC ms).
        """

    def set_about(
        self, instance: ProcessInstance, fields: Mapping[str, EvidenceField], values: Mapping[str, Any], at: datetime
    ) -> None:
        """Make a process be about the one subject that a step names."""

    def subject_value(self, ref: str) -> tuple[str, str] | None:
        """Return the kind and canonical value of a subject; None if there is none or it was erased."""

    def masked_values(self, refs: Iterable[str]) -> dict[str, str]:
        """Return the masked value of each subject by its ref."""


def describe_deliveries(instance: ProcessInstance) -> Mapping[str, Words]:
    """Return how the legs of a process were delivered, by the function `describe_deliveries` of `leg_delivery`."""
    described: dict[str, Words] = {}
    for module in app_modules("leg_delivery"):
        described |= module.describe_deliveries(instance)
    return described


def register_notice(item: OutboxItem, notice: SubjectNotice) -> None:
    """Have a written notice delivered, by the function `register_notice` of `notice_delivery`."""
    for module in app_modules("notice_delivery"):
        module.register_notice(item, notice)


def needs_proof(notice: SubjectNotice) -> bool:
    """Return whether a notice is delivered by proof alone, by the function `needs_proof` of `notice_delivery`."""
    return any(module.needs_proof(notice) for module in app_modules("notice_delivery"))


@cache
def subject_hooks() -> SubjectHooks:
    """Return the module `process_subjects`. Raise ValueError if no app or more than one has it."""
    (module,) = app_modules("process_subjects")
    return cast(SubjectHooks, module)
