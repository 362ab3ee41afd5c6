"""Apply one event: its step, evidence, timers, legs and effects, and the events that follow from it."""

from collections.abc import Iterable, Mapping
from typing import Any

from fanzha.base.ids import digest
from fanzha.base.words import Words
from fanzha.processes._engine.guards import refusal
from fanzha.processes._engine.timers import MachineStep, TimerPlanner
from fanzha.processes.documents import WITH_NOTICE
from fanzha.processes.effects import Effect, Escalation
from fanzha.processes.evidence import check_evidence
from fanzha.processes.legal_basis import legal_basis_words
from fanzha.processes.named_parties import find_named_parties
from fanzha.processes.parties import SYSTEM, Actor, Party
from fanzha.processes.process import Event, Machine, NoticeTemplate, Process
from fanzha.processes.refusal import Reason, Refusal
from fanzha.processes.roles import role_table
from fanzha.processes.settings import ProcessSettings
from fanzha.processes.situation import (
    Change,
    LegState,
    PersonNotice,
    RequestedEffect,
    RunningTimer,
    Situation,
    StepRecord,
    Value,
)

_MAX_MOVES = 50
_HOUSE_RULE = "POL"  # the code of a legal basis that is no law


class EventTransition:
    """Collects the changes of one event. `change` returns them; the given situation is not modified."""

    def __init__(self, process: Process, situation: Situation, settings: ProcessSettings, at: int) -> None:
        """Start from a situation. If the clock went back, use the time of the last step, so history stays in order."""
        self.process, self.before = process, situation
        self.at = max([at, situation.entered_at, *(step.at for step in situation.history[-1:])])
        self.state, self.entered_at = situation.state, situation.entered_at
        self.history, self.timers = list(situation.history), list(situation.timers)
        self.legs = {leg.id: leg for leg in situation.legs}
        self.facts: dict[str, Value] = dict(situation.facts)
        self.evidence: dict[str, Value] = {}
        self.effects: list[RequestedEffect] = []
        self.notices: list[PersonNotice] = []
        self._timer_planner = TimerPlanner(process, situation.ref, settings)

    def fire(
        self, name: str, actor: Actor, raw_evidence: Mapping[str, Any], leg_id: str = "", *, is_allowed: bool = False
    ) -> None:
        """Fire one event and every event that follows from it. Raise Refusal if it is refused.

        `is_allowed`: it was checked before that the event may be fired.
        """
        leg = self.legs.get(leg_id)
        refused = None if is_allowed else refusal(self.process, self.situation(), name, actor, leg)
        if refused:
            raise refused
        machine = self.process.machine_for(name)
        assert machine is not None  # an unknown event was refused
        event = machine.events[name]
        evidence = check_evidence(event.evidence, raw_evidence, self.at, actor.kind, self.facts)
        all_facts = {**self.facts, **evidence}
        replacement_event = next(
            (replacement for field, replacement in event.instead.items() if all_facts.get(field) is True), ""
        )
        if replacement_event:
            self.fire(replacement_event, actor, raw_evidence, leg_id)
            return
        if not self.evidence:
            self.evidence = evidence
        stored = {key: value for key, value in evidence.items() if event.evidence[key].is_kept}
        known_parties = {self.before.owner, *find_named_parties(self.process, self.facts)}
        self.facts.update(stored)
        step = self._step(name, event, actor, leg)
        self._request_effects(event, step)
        asked = _as_parties(stored.get(event.opens_legs))  # their leg notifies them
        self._notify_named_parties(
            [party for party in find_named_parties(self.process, stored) if party not in {*known_parties, *asked}],
            step,
        )
        self._update_timers(
            MachineStep(machine, step.leg, step.before, step.state, name, event, frozenset(stored)),
            leg,
            {**self.facts, **evidence} if leg else self.facts,
        )
        if leg:
            self._forward(event, evidence, leg, step)
        elif _asks_one(event):
            self._ask_one(event, stored, step)
        else:
            _find_receivers(self.process, stored, self.legs.values())
            self._apply_to_legs(event, step)

    def settle(self) -> None:
        """Fire the events that the states of the legs trigger, until none is left."""
        for _ in range(_MAX_MOVES):
            move = self._due_move()
            if move is None:
                return
            self.fire(move, SYSTEM, {})
        raise ValueError(f"the legs of {self.process.name} move it round and round: {move}")

    def escalate(self, timer: RunningTimer, to: Escalation) -> None:
        """Request the escalation of an expired deadline."""
        key = digest(self.before.ref, "escalate", timer.id)
        self.effects.append(
            RequestedEffect(effect=Effect.ESCALATE, key=key, event="", leg=timer.leg, to=to, deadline=timer.deadline)
        )

    def advance(self, timer: RunningTimer, machine: Machine) -> None:
        """Remove an expired timer and set the timer of the next step."""
        self.timers = [running for running in self.timers if running.id != timer.id]
        next_timer = self._timer_planner.next_step(
            timer, machine.deadlines[timer.deadline], self.at, self._calendar_owner(self.legs.get(timer.leg))
        )
        self.timers += [next_timer] if next_timer else []

    def situation(self) -> Situation:
        """Return the current intermediate situation."""
        return Situation(
            ref=self.before.ref,
            process=self.before.process,
            version=self.before.version,
            owner=self.before.owner,
            state=self.state,
            entered_at=self.entered_at,
            history=tuple(self.history),
            legs=tuple(self.legs.values()),
            timers=tuple(sorted(self.timers, key=lambda timer: (timer.due, timer.id))),
            facts=self.facts,
        )

    def change(self, passed: RunningTimer | None = None) -> Change:
        """Return everything that has changed."""
        old, new = {timer.id for timer in self.before.timers}, {timer.id for timer in self.timers}
        cancelled = (timer for timer in self.before.timers if timer.id not in new and timer != passed)
        return Change(
            situation=self.situation(),
            steps=tuple(self.history[len(self.before.history) :]),
            evidence=self.evidence,
            timers_set=tuple(timer for timer in self.timers if timer.id not in old),
            timers_cancelled=tuple(cancelled),
            legs_opened=tuple(list(self.legs.values())[len(self.before.legs) :]),
            effects=tuple(self.effects),
            notices=tuple(self.notices),
            passed=passed,
        )

    def _step(self, name: str, event: Event, actor: Actor, leg: LegState | None) -> StepRecord:
        before = leg.state if leg else self.state
        state = event.to or before
        step = StepRecord(
            number=len(self.history) + 1,
            event=name,
            at=self.at,
            state=state,
            before=before if event.sources else "",
            leg=leg.id if leg else "",
            person=actor.person,
            organization=actor.organization,
            unit=actor.unit,
            party_roles=tuple(sorted(actor.party_roles)),
        )
        self.history.append(step)
        if event.to and leg:
            self.legs[leg.id] = LegState(
                id=leg.id,
                receiver=leg.receiver,
                state=state,
                entered_at=self.at,
                forwarded_from=leg.forwarded_from,
            )
        elif event.to:
            self.state, self.entered_at = state, self.at
        return step

    def _request_effects(self, event: Event, step: StepRecord) -> None:
        """Request the effects of the event, with a notice if a limit on a person begins or ends."""
        notice = _build_person_notice(self.process, event, step, self.facts, self._key(step, Effect.NOTIFY_SUBJECT))
        self.notices += [notice] if notice else []
        effects = [effect for effect in event.effects if effect is not Effect.NOTIFY_SUBJECT]
        if not step.before and step.organization not in ("", self.before.owner.organization):
            effects = list(
                dict.fromkeys([*effects, Effect.NOTIFY_OWNER])
            )  # another organisation opened it for the owner
        for effect in [*effects, *([Effect.NOTIFY_SUBJECT] if notice else [])]:
            self.effects.append(
                RequestedEffect(effect=effect, key=self._key(step, effect), event=step.event, leg=step.leg)
            )
        if event.documents.keys() - WITH_NOTICE:
            key = self._key(step, Effect.ISSUE_DOCUMENTS)
            self.effects.append(RequestedEffect(effect=Effect.ISSUE_DOCUMENTS, key=key, event=step.event))
        if event.opens_process:
            key = self._key(step, Effect.OPEN_PROCESS)
            self.effects.append(
                RequestedEffect(effect=Effect.OPEN_PROCESS, key=key, event=step.event, process=event.opens_process)
            )

    def _notify_named_parties(self, parties: list[Party], step: StepRecord) -> None:
        """Request a notice to organisations that the step names for the first time."""
        if parties:
            key = self._key(step, Effect.NOTIFY_NAMED)
            organizations = tuple(party.organization for party in parties)
            self.effects.append(
                RequestedEffect(effect=Effect.NOTIFY_NAMED, key=key, event=step.event, parties=organizations)
            )

    def _key(self, step: StepRecord, effect: Effect, leg: str = "") -> str:
        return digest(self.before.ref, step.number, effect, leg or step.leg)

    def _update_timers(self, step: MachineStep, leg: LegState | None, facts: dict[str, Value]) -> None:
        """Set the timers after a step. On a leg, its own evidence chooses spans too, though it is not kept."""
        if step.machine is self.process and self.process.states[step.state].end:
            self.timers = []
            return
        self._update_machine_timers(step, leg, facts)
        if step.machine is self.process and self.process.legs and step.changed:
            for leg_state in self.legs.values():
                self._update_machine_timers(
                    MachineStep(
                        self.process.legs, leg_state.id, leg_state.state, leg_state.state, "", None, step.changed
                    ),
                    leg_state,
                    self.facts,
                )

    def _update_machine_timers(self, step: MachineStep, leg: LegState | None, facts: dict[str, Value]) -> None:
        running = [timer for timer in self.timers if timer.leg == step.leg]
        timers = self._timer_planner.timers_after(
            step, running, facts, self.at, len(self.history), self._calendar_owner(leg)
        )
        self.timers = [timer for timer in self.timers if timer.leg != step.leg] + timers

    def _calendar_owner(self, leg: LegState | None) -> str:
        """Return the organisation whose business calendar applies."""
        return leg.receiver.organization if leg else self.before.owner.organization

    def _ask_one(self, event: Event, stored: Mapping[str, Value], step: StepRecord) -> None:
        """Fire on the legs that are there, then open one for the organisation that the event names.

        An organisation with an open leg keeps it. No leg is opened if the event leaves its field out.
        """
        self._fire_on_legs(event, list(self.legs.values()))
        open_legs = [leg for leg in self.legs.values() if not self._has_ended(leg)]
        receivers = [leg.receiver for leg in open_legs]
        asked = {name: value for name, value in stored.items() if name == event.opens_legs and value not in receivers}
        for party in _find_receivers(self.process, asked, open_legs):
            self._open_leg(party, step)

    def _apply_to_legs(self, event: Event, step: StepRecord) -> None:
        if event.opens_legs:
            parties = _find_receivers(
                self.process, {event.opens_legs: self.facts[event.opens_legs]}, self.legs.values()
            )
            for party in parties:
                self._open_leg(party, step)
        self._fire_on_legs(event, list(self.legs.values()))

    def _fire_on_legs(self, event: Event, legs: Iterable[LegState]) -> None:
        for leg in legs:
            for name in event.legs_do:
                machine = self.process.legs
                if machine and self.legs[leg.id].state in machine.events[name].sources:
                    self.fire(name, SYSTEM, {}, leg.id, is_allowed=True)  # also by the event that ends the process
                    break

    def _has_ended(self, leg: LegState) -> bool:
        return self.process.legs is None or self.process.legs.states[leg.state].end

    def _forward(self, event: Event, evidence: Mapping[str, Value], leg: LegState, step: StepRecord) -> None:
        if event.forwards_to:
            self._open_leg(_find_receiver(self.process, evidence[event.forwards_to], self.legs.values()), step, leg.id)

    def _open_leg(self, party: Party, step: StepRecord, forwarded_from: str = "") -> None:
        legs = self.process.legs
        assert legs is not None  # checked when the process was loaded
        leg = LegState(
            id=str(len(self.legs) + 1),
            receiver=party,
            state=legs.start,
            entered_at=self.at,
            forwarded_from=forwarded_from,
        )
        self.legs[leg.id] = leg
        key = self._key(step, Effect.DISPATCH_LEG, leg.id)
        self.effects.append(RequestedEffect(effect=Effect.DISPATCH_LEG, key=key, event=step.event, leg=leg.id))
        opening = Event(title=Words("派发", "sent"), to=legs.start, who=(), basis=())
        self._update_machine_timers(
            MachineStep(legs, leg.id, "", legs.start, "", opening, frozenset()), leg, self.facts
        )

    def _due_move(self) -> str | None:
        legs = self.process.legs
        states = [leg.state for leg in self.legs.values() if legs and legs.states[leg.state].counts]
        for move in legs.moves if legs and states else ():
            fits = (state in move.legs for state in states)
            if self.state in move.sources and (all(fits) if move.when == "all" else any(fits)):
                return move.fire
        return None


def _build_person_notice(
    process: Process, event: Event, step: StepRecord, facts: Mapping[str, Value], key: str
) -> PersonNotice | None:
    """Return the notice to the person concerned (ATF Art. 32), or None if nothing is new or the notice is withheld.

    The notice of a limit may be withheld (PIPL Art. 18). Its end is then announced when the withholding ends; the
    answer to an appeal is announced at once.
    """
    if step.leg:
        return None
    requested = Effect.NOTIFY_SUBJECT in event.effects
    notice = process.notice_for(step.state)
    previous_notice = process.notice_for(step.before) if step.before else None
    if notice is None:
        until = _withheld(previous_notice, step, facts) if previous_notice and not event.decides_appeal else None
        end_notice = PersonNotice(
            key=key, fact=event.told or event.title, basis=_legal_basis_text(event.basis), not_before=until
        )
        return end_notice if requested else None
    if not requested and previous_notice is not None and previous_notice.fact == notice.fact:
        return None
    if _withheld(notice, step, facts):
        return None
    ends = facts.get(notice.until)
    end = ends if isinstance(ends, int) else None
    return PersonNotice(
        key=key,
        fact=notice.fact,
        basis=_legal_basis_text(event.basis),
        remedy=notice.remedy,
        period=notice.period,
        until=end,
    )


def _withheld(notice: NoticeTemplate, step: StepRecord, facts: Mapping[str, Value]) -> int | None:
    """Return the moment (UTC ms) until which a notice is withheld, or None."""
    until = facts.get(notice.withheld_until)
    return until if isinstance(until, int) and until > step.at else None


def _legal_basis_text(codes: tuple[str, ...]) -> Words:
    """Return the legal basis of a step in words, with a house rule only if there is no law."""
    laws = [code for code in codes if code != _HOUSE_RULE] or list(codes)
    words = [word for code in laws if (word := legal_basis_words(code))]
    return Words("；".join(word.zh for word in words), "; ".join(word.en for word in words))


def _asks_one(event: Event) -> bool:
    """Return whether an event opens a leg for one organisation that its own evidence names."""
    field = event.evidence.get(event.opens_legs)
    return field is not None and not field.many


def _as_parties(value: Value | None) -> tuple[Party, ...]:
    """Return the organisations that a kept value names."""
    return tuple(party for party in (value if isinstance(value, tuple) else (value,)) if isinstance(party, Party))


def _find_receivers(process: Process, stored: Mapping[str, Value], legs: Iterable[LegState]) -> tuple[Party, ...]:
    """Return the receivers named in kept fields. Raise Refusal for a receiver that is not allowed."""
    opening = {event.opens_legs for event in process.events.values() if event.opens_legs}
    parties: list[Party] = []
    for name in sorted(opening & stored.keys()):
        parties += _as_parties(stored[name])
    receivers = list(legs)
    for number, party in enumerate(parties):
        _check_receiver(process, party, [*(leg.receiver for leg in receivers), *parties[:number]])
    return tuple(parties)


def _find_receiver(process: Process, value: Value, legs: Iterable[LegState]) -> Party:
    """Return the receiver of a forwarded leg. Raise Refusal if it is not allowed or already a receiver."""
    assert isinstance(value, Party)  # the field's type was checked
    _check_receiver(process, value, [leg.receiver for leg in legs])
    return value


def _check_receiver(process: Process, party: Party, receivers: list[Party]) -> None:
    kinds = [kind for name in (process.legs.receivers if process.legs else ()) for kind in role_table().kinds_of(name)]
    if party.kind not in kinds:
        words = Words(f"{party.organization} 不能作为接收单位", f"{party.organization} cannot be a receiver here")
        raise Refusal(Reason.RECEIVER, words)
    if party.organization in [receiver.organization for receiver in receivers]:
        words = Words(f"{party.organization} 已是接收单位", f"{party.organization} has been asked already")
        raise Refusal(Reason.RECEIVER, words)
