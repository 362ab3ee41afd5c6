"""Walks a process through its pages: whoever may take an event, in a made-up world, fills its form in and sends it.

Each step is taken back after what follows it was tried; a step that was taken before is repeated beside the pages.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from tests.command.access.askers import undone
from tests.command.processes.filled_in import filled_in
from tests.command.processes.people_there import People, Somebody

from fanzha.base.clock import from_ms
from fanzha.command.organizations.models import Organization
from fanzha.command.processes.forms import FormChoices, build_evidence_form, organizations_of_kinds
from fanzha.command.processes.models import ProcessInstance, Timer, TimerStatus
from fanzha.command.processes.outbox_worker import deliver_due
from fanzha.command.processes.parties import select_named_organizations, to_actor, viewer_party_roles
from fanzha.command.processes.services import fire, open_process, pass_timer
from fanzha.command.processes.situations import current_situation, list_offers
from fanzha.command.web.scoping import scoped_to, unscoped
from fanzha.processes.evidence import EvidenceField, FieldType
from fanzha.processes.parties import MACHINES, REQUESTERS, PartyRole, import_actor
from fanzha.processes.process import Event, Process
from fanzha.processes.refusal import Refusal
from fanzha.processes.situation import Situation
from fanzha.processes.validation.traversal import evidence_fields, reachable_states

#: An event, and who of those that it names; "" stands for machines where nobody else is named.
Part = tuple[str, str]
#: So many steps are repeated on the way to what is left: who must go further will not be found there.
MOST_REPEATS = 150
#: So often a form is sent in one walk: what is refused three times is tried again with other choices of its fields.
MOST_TRIES = 3
#: Events that the handler of an effect takes once it is carried out, which no walk waits for, or that follow on a leg
#: from a step that a walk takes once, before there are legs; their own tests do.
OF_EFFECTS = {
    "hear_facts",
    "record_warning_sent",
    "record_warning_failed",
    "record_warning_unknown",
    "record_warning_delivered",
    "record_warning_undelivered",
    "record_voice_answered",
    "record_voice_unanswered",
    "record_call_back_request",
}
_IMPORT = import_actor("the system of record")


def parts_of(process: Process) -> set[Part]:
    """Return everything that somebody does in a process; a person concerned does nothing himself where offices may."""
    events = {**process.events, **(process.legs.events if process.legs else {})}
    here = {field.party_role for _, _, field in evidence_fields(process) if field.type is FieldType.ORGANIZATION}
    by_people = {
        (name, who)
        for name, event in events.items()
        for who in event.who
        if who not in MACHINES and (who not in REQUESTERS or who in here or REQUESTERS.issuperset(event.who))
    }
    machines = {name for name, event in events.items() if MACHINES.issuperset(event.who)} - OF_EFFECTS
    return by_people | {(name, "") for name in machines}


class Walk:
    """One process, owned by one organisation, as far as its parts were not taken before."""

    def __init__(
        self, people: People, process: Process, owner: Organization, left: set[Part], skipped: int = 0
    ) -> None:
        self.people, self.process, self.owner, self.left, self.skipped = people, process, owner, left, skipped
        self.wrong: dict[Part, str] = {}
        self._seen: set[Any] = set()
        self._repeats = MOST_REPEATS
        self._tries = Counter[Part]()

    def run(self) -> None:
        """Open it by whoever may, and go on from there."""
        for name, event in self.process.opening.items():
            for who in event.who:
                with undone():
                    ref = self._opened(name, event, who)
                    if ref:
                        self._done(ref, (name, who))
                        self._onward(ref)

    def _opened(self, name: str, event: Event, who: str) -> str:
        if who in MACHINES:
            return self._opened_by_import(name, event) if who == PartyRole.IMPORT else ""
        party, _, role = who.partition(".")
        offices = [self.owner] if party == "owner" else list(organizations_of_kinds([party]).exclude(pk=self.owner.pk))
        for one in (one for office in offices for one in self.people.of(office, role)[:1]):
            given = self._filled(self._wanted(name, event, one), one, timezone.now())
            answer = _client(one).post(
                reverse("process_open", args=[self.process.name, name]), {**given, "owner": self.owner.ref}
            )
            if answer.status_code == 302:
                return str(answer["Location"]).rstrip("/").rpartition("/")[2]
            self.wrong[name, who] = _why(answer)
        return ""

    def _opened_by_import(self, name: str, event: Event) -> str:
        told = self._evidence(event.evidence, self.people.of(self.owner)[0], timezone.now())
        return open_process(self.process.name, name, self.owner, _IMPORT, told).ref

    def _wanted(self, name: str, event: Event, one: Somebody) -> dict[str, EvidenceField]:
        answer = _client(one).get(reverse("process_open", args=[self.process.name, name]))
        form = answer.context["form"] if answer.status_code == 200 else None
        return dict(form.evidence_fields) if form else event.evidence

    def _onward(self, ref: str) -> None:
        instance = _instance(ref)
        key = _key(self.process, current_situation(instance))
        if key in self._seen or not self._leads_on(instance):
            return
        self._seen.add(key)
        for take in self._ways(instance):
            with undone():
                if take():
                    self._onward(ref)

    def _leads_on(self, instance: ProcessInstance) -> bool:
        """Whether something that is left could be come to from here."""
        process, legs = self.process, self.process.legs
        states = reachable_states(process, {instance.state}, lambda name, event: True)
        of_legs = reachable_states(legs, {legs.start}, lambda name, event: True) if legs else set()
        events = {name for name, event in process.events.items() if states & {*event.sources}}
        events |= {name for name, event in legs.events.items() if of_legs & {*event.sources}} if legs else set()
        return any(name in events for name, _who in self.left)

    def _ways(self, instance: ProcessInstance) -> Iterator[Callable[[], bool]]:
        for leg, name, event in list(self._possible(instance)):
            whos = [who for who in event.who if who not in MACHINES]
            new = [who for who in whos if (name, who) in self.left]
            for who in [who for who in new if self._tries[name, who] < MOST_TRIES]:
                yield lambda leg=leg, name=name, who=who: self._by_page(instance, leg, name, who)  # type: ignore[misc]
            if not new and self._moves(event):
                yield lambda leg=leg, name=name, whos=whos: self._again(instance, leg, name, whos)  # type: ignore[misc]
            if PartyRole.IMPORT in event.who:
                yield lambda leg=leg, name=name: self._by_import(instance, leg, name)  # type: ignore[misc]
        with unscoped("test"):
            timers = list(Timer.objects.filter(instance=instance, state=TimerStatus.WAITING))
        deadlines = {**self.process.deadlines, **(self.process.legs.deadlines if self.process.legs else {})}
        for timer in timers:
            if any(one.fire for one in deadlines[timer.deadline].then):
                yield lambda timer=timer: self._by_time(timer)  # type: ignore[misc]

    def _possible(self, instance: ProcessInstance) -> Iterator[tuple[str, str, Event]]:
        for name, event in self.process.events.items():
            if instance.state in event.sources:
                yield "", name, event
        done = set()
        for leg in current_situation(instance).legs:
            for name, event in self.process.legs.events.items() if self.process.legs else ():
                if leg.state in event.sources and (leg.state, name) not in done:
                    done.add((leg.state, name))
                    yield leg.id, name, event

    def _moves(self, event: Event) -> bool:
        events = {**self.process.events, **(self.process.legs.events if self.process.legs else {})}
        asking = {name for one in events.values() for name in (*one.answers, *one.only_after)}
        return bool(event.to) or any(events[name] is event for name in asking if name in events)

    def _by_page(self, instance: ProcessInstance, leg: str, name: str, who: str) -> bool:
        for one in self._who_may(instance, leg, name, who):
            address, client = reverse("process_do", args=[instance.ref, name]), _client(one)
            shown = client.get(address, {"leg": leg})
            if shown.status_code == 404 and deliver_due(_now(instance)):  # who is told takes part from then on
                shown = client.get(address, {"leg": leg})
            if shown.status_code != 200:
                self.wrong[name, who] = _why(shown)
                continue
            told = self._filled(shown.context["form"].evidence_fields, one, _now(instance))
            sent = client.post(address, {**told, "leg": leg, "revision": instance.revision})
            if sent.status_code == 302 and _instance(instance.ref).revision > instance.revision:
                assert client.get(reverse("process", args=[instance.ref])).status_code == 200, (name, who)
                self._done(instance.ref, (name, who))
                return True
            self._tries[name, who] += 1
            self.wrong[name, who] = _why(sent)
        return False

    def _again(self, instance: ProcessInstance, leg: str, name: str, whos: list[str]) -> bool:
        one = next((one for who in whos for one in self._who_may(instance, leg, name, who)), None)
        if one is None or self._repeats <= 0:
            return False
        self._repeats -= 1
        found = self.process.machine_for(name)
        assert found is not None
        told = self._evidence(found.events[name].evidence, one, _now(instance))
        actor = to_actor(one.viewer, viewer_party_roles(instance, one.viewer))
        return self._fired(instance, lambda: fire(instance.ref, name, actor, told, leg=leg, at=_now(instance)))

    def _by_import(self, instance: ProcessInstance, leg: str, name: str) -> bool:
        found = self.process.machine_for(name)
        assert found is not None
        told = self._evidence(found.events[name].evidence, self.people.of(self.owner)[0], _now(instance))
        return self._fired(instance, lambda: fire(instance.ref, name, _IMPORT, told, leg=leg, at=_now(instance)))

    def _by_time(self, timer: Timer) -> bool:
        """Let a deadline pass with all its steps."""
        instance, before = _instance(timer.instance.ref), timer.instance.revision
        return bool(before) and self._fired(instance, lambda: _pass(timer))

    def _fired(self, instance: ProcessInstance, do: Callable[[], object]) -> bool:
        try:
            do()
        except Refusal as refused:
            self.wrong.setdefault((refused.reason.value, ""), str(refused))
            return False
        self._done(instance.ref)
        return True

    def _done(self, ref: str, part: Part | None = None) -> None:
        """Take off what was done, and what machines did of themselves after it."""
        done = {(step.event, "") for step in current_situation(_instance(ref)).history} | ({part} if part else set())
        self.left -= done
        for one in done:
            self.wrong.pop(one, None)

    def _who_may(self, instance: ProcessInstance, leg: str, name: str, who: str) -> Iterator[Somebody]:
        """Yield who may take an event: one of each organisation; what the engine says to the last of others is kept."""
        for office in self._offices(instance, leg, who):
            for one in self.people.of(office, who.partition(".")[2]):
                actor = to_actor(one.viewer, viewer_party_roles(instance, one.viewer))
                offer = next((one for one in list_offers(instance, actor) if (one.event, one.leg) == (name, leg)), None)
                if offer is not None and offer.allowed:
                    yield one
                    break
                self.wrong[name, who] = offer.why_not.en if offer and offer.why_not else "it is not offered"

    def _offices(self, instance: ProcessInstance, leg: str, who: str) -> list[Organization]:
        party, dot, _ = who.partition(".")
        if not dot:
            return select_named_organizations(instance, PartyRole(party))
        if party == "owner":
            return [self.owner]
        if party == "receiver":
            of = current_situation(instance).leg(leg)
            return list(Organization.objects.filter(ref=of.receiver.organization)) if of else []
        return list(organizations_of_kinds([party]))

    def _filled(self, wanted: dict[str, EvidenceField], one: Somebody, now: datetime) -> dict[str, Any]:
        return filled_in(wanted, FormChoices(self.process, one.viewer), now, self.skipped)

    def _evidence(self, wanted: dict[str, EvidenceField], one: Somebody, now: datetime) -> dict[str, Any]:
        wanted = {name: field for name, field in wanted.items() if not field.only_by}
        choices = FormChoices(self.process, one.viewer)
        told = {
            name: value if isinstance(value, list) else [value]
            for name, value in self._filled(wanted, one, now).items()
        }
        with scoped_to(one.viewer):
            form = build_evidence_form(wanted, choices)(MultiValueDict(told), MultiValueDict(told))
            assert form.is_valid(), form.errors
            return form.evidence()


def _client(one: Somebody) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(one.person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def _instance(ref: str) -> ProcessInstance:
    with unscoped("test"):
        return ProcessInstance.objects.select_related("owner", "version").get(ref=ref)


def _now(instance: ProcessInstance) -> datetime:
    """Return a moment after the last step: deadlines may have passed in between."""
    return max(timezone.now(), from_ms(current_situation(instance).history[-1].at) + timedelta(seconds=1))


def _pass(timer: Timer) -> None:
    here, now = timer, timer.due_at
    while here is not None:
        now = max(now, here.due_at) + timedelta(seconds=1)
        pass_timer(here, now)
        same = Timer.objects.filter(instance=timer.instance, deadline=timer.deadline, leg=timer.leg)
        here = same.filter(state=TimerStatus.WAITING).exclude(pk__lte=here.pk).first()  # type: ignore[assignment]


def _key(process: Process, situation: Situation) -> Any:
    """Return what of a situation decides about the way on, of legs the states there are."""
    machines = [process, *([process.legs] if process.legs else [])]
    events = {name: event for one in machines for name, event in one.events.items()}
    asked = {name for event in events.values() for name in event.only_after}
    answers = {name: event.answers for name, event in events.items() if event.answers}
    asking = {name for names in answers.values() for name in names}
    happened = [step.event for step in situation.history]
    last = next((name for name in reversed(happened) if name in asking | answers.keys()), "")
    return situation.state, frozenset(leg.state for leg in situation.legs), frozenset(asked & {*happened}), last


def _why(answer: Any) -> str:
    form = answer.context["form"] if answer.context and "form" in answer.context else None
    return f"{answer.status_code}: {dict(form.errors) if form is not None and form.errors else ''}"
