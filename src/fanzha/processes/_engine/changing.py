"""One change being worked out: the event, what it moves on the legs, what the legs move, until all is settled."""

from collections.abc import Mapping
from typing import Any

from fanzha.base.ids import digest
from fanzha.base.words import Words
from fanzha.processes._engine.guards import refusal
from fanzha.processes._engine.receiving import named_receiver, named_receivers
from fanzha.processes._engine.telling import told
from fanzha.processes._engine.timing import Moved, Timing
from fanzha.processes.effects import Effect, Escalation
from fanzha.processes.evidence import checked
from fanzha.processes.naming import parties_named
from fanzha.processes.parties import SYSTEM, Actor, Party
from fanzha.processes.process import Event, Machine, Process
from fanzha.processes.settings import Settings
from fanzha.processes.situation import Asked, Change, Leg, Situation, Step, Timer, Told, Value

_MOST_MOVES = 50


class Changing:
    """Collects what changes; nothing outside is touched until `change` gives it out."""

    def __init__(self, process: Process, situation: Situation, settings: Settings, at: int) -> None:
        """Begin at a situation; a clock that went back is held at the last step, so that history stays in order."""
        self.process, self.before = process, situation
        self.at = max([at, situation.entered_at, *(step.at for step in situation.history[-1:])])
        self.state, self.entered_at = situation.state, situation.entered_at
        self.history, self.timers = list(situation.history), list(situation.timers)
        self.legs = {leg.id: leg for leg in situation.legs}
        self.facts: dict[str, Value] = dict(situation.facts)
        self.evidence: dict[str, Value] = {}
        self.effects: list[Asked] = []
        self.notices: list[Told] = []
        self._timing = Timing(process, situation.ref, settings)

    def fire(self, name: str, actor: Actor, given: Mapping[str, Any], leg_id: str = "", *, opens: bool = False) -> None:
        """Fire one event and all that follows of it; raises Refusal."""
        leg = self.legs.get(leg_id)
        refused = None if opens else refusal(self.process, self.now(), name, actor, leg)
        if refused:
            raise refused
        machine = self.process.machine_of(name)
        assert machine is not None  # an unknown event was refused
        event = machine.events[name]
        evidence = checked(event.evidence, given, self.at, actor.kind, self.facts)
        weighed = {**self.facts, **evidence}
        instead = next((other for field, other in event.instead.items() if weighed.get(field) is True), "")
        if instead:
            self.fire(instead, actor, given, leg_id)
            return
        if not self.evidence:
            self.evidence = evidence
        kept = {key: value for key, value in evidence.items() if event.evidence[key].is_kept}
        known = {self.before.owner, *parties_named(self.process, self.facts)}
        self.facts.update(kept)
        step = self._step(name, event, actor, leg)
        self._ask(event, step)
        self._tell_named([party for party in parties_named(self.process, kept) if party not in known], step)
        self._retime(Moved(machine, step.leg, step.before, step.state, name, event, frozenset(kept)), leg)
        if leg:
            self._forward(event, evidence, leg)
        else:
            named_receivers(self.process, kept, self.legs.values())
            self._follow(event, kept)

    def settle(self) -> None:
        """Let the states of the legs together move the process, until nothing moves any more."""
        for _ in range(_MOST_MOVES):
            move = self._due_move()
            if move is None:
                return
            self.fire(move, SYSTEM, {})
        raise ValueError(f"the legs of {self.process.name} move it round and round: {move}")

    def escalate(self, timer: Timer, to: Escalation) -> None:
        """Ask that a passed deadline be taken to somebody."""
        key = digest(self.before.ref, "escalate", timer.id)
        self.effects.append(
            Asked(effect=Effect.ESCALATE, key=key, event="", leg=timer.leg, to=to, deadline=timer.deadline)
        )

    def advance(self, timer: Timer, machine: Machine) -> None:
        """Take a timer that has passed off, and set the next step of its deadline."""
        self.timers = [one for one in self.timers if one.id != timer.id]
        following = self._timing.next_step(
            timer, machine.deadlines[timer.deadline], self.at, self._works_by(self.legs.get(timer.leg))
        )
        self.timers += [following] if following else []

    def now(self) -> Situation:
        """Return the situation as far as it is worked out."""
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

    def change(self, passed: Timer | None = None) -> Change:
        """Give out what has changed."""
        old, new = {timer.id for timer in self.before.timers}, {timer.id for timer in self.timers}
        cancelled = (timer for timer in self.before.timers if timer.id not in new and timer != passed)
        return Change(
            situation=self.now(),
            steps=tuple(self.history[len(self.before.history) :]),
            evidence=self.evidence,
            timers_set=tuple(timer for timer in self.timers if timer.id not in old),
            timers_cancelled=tuple(cancelled),
            legs_opened=tuple(list(self.legs.values())[len(self.before.legs) :]),
            effects=tuple(self.effects),
            notices=tuple(self.notices),
            passed=passed,
        )

    def _step(self, name: str, event: Event, actor: Actor, leg: Leg | None) -> Step:
        before = leg.state if leg else self.state
        state = event.to or before
        step = Step(
            number=len(self.history) + 1,
            event=name,
            at=self.at,
            state=state,
            before=before if event.sources else "",
            leg=leg.id if leg else "",
            person=actor.person,
            organization=actor.organization,
            unit=actor.unit,
            standings=tuple(sorted(actor.standings)),
        )
        self.history.append(step)
        if event.to and leg:
            self.legs[leg.id] = Leg(
                id=leg.id,
                receiver=leg.receiver,
                state=state,
                entered_at=self.at,
                forwarded_from=leg.forwarded_from,
            )
        elif event.to:
            self.state, self.entered_at = state, self.at
        return step

    def _ask(self, event: Event, step: Step) -> None:
        """Ask for the effects of the event; a person who comes into a limit, or out of one, is told."""
        telling = told(self.process, event, step, self.facts, self._key(step, Effect.NOTIFY_SUBJECT))
        self.notices += [telling] if telling else []
        names = [effect for effect in event.effects if effect is not Effect.NOTIFY_SUBJECT]
        if not step.before and step.organization not in ("", self.before.owner.organization):
            names = list(dict.fromkeys([*names, Effect.NOTIFY_OWNER]))  # somebody else opened it for him
        for effect in [*names, *([Effect.NOTIFY_SUBJECT] if telling else [])]:
            self.effects.append(Asked(effect=effect, key=self._key(step, effect), event=step.event, leg=step.leg))
        if event.opens_process:
            key = self._key(step, Effect.OPEN_PROCESS)
            self.effects.append(
                Asked(effect=Effect.OPEN_PROCESS, key=key, event=step.event, process=event.opens_process)
            )

    def _tell_named(self, parties: list[Party], step: Step) -> None:
        """Ask that organisations be told which a step names for the first time: they take part from now on."""
        if parties:
            key = self._key(step, Effect.NOTIFY_NAMED)
            named = tuple(party.organization for party in parties)
            self.effects.append(Asked(effect=Effect.NOTIFY_NAMED, key=key, event=step.event, parties=named))

    def _key(self, step: Step, effect: Effect, leg: str = "") -> str:
        return digest(self.before.ref, step.number, effect, leg or step.leg)

    def _retime(self, moved: Moved, leg: Leg | None) -> None:
        if moved.machine is self.process and self.process.states[moved.state].end:
            self.timers = []
            return
        self._retime_one(moved, leg)
        if moved.machine is self.process and self.process.legs and moved.changed:
            for other in self.legs.values():
                self._retime_one(
                    Moved(self.process.legs, other.id, other.state, other.state, "", None, moved.changed), other
                )

    def _retime_one(self, moved: Moved, leg: Leg | None) -> None:
        mine = [timer for timer in self.timers if timer.leg == moved.leg]
        after = self._timing.after(moved, mine, self.facts, self.at, len(self.history), self._works_by(leg))
        self.timers = [timer for timer in self.timers if timer.leg != moved.leg] + after

    def _works_by(self, leg: Leg | None) -> str:
        """Return the organisation by whose calendar a deadline runs."""
        return leg.receiver.organization if leg else self.before.owner.organization

    def _follow(self, event: Event, kept: Mapping[str, Value]) -> None:
        if event.opens_legs:
            parties = named_receivers(
                self.process, {event.opens_legs: self.facts[event.opens_legs]}, self.legs.values()
            )
            for party in parties:
                self._open(party)
        for leg in list(self.legs.values()):
            for name in event.legs_do:
                legs = self.process.legs
                if legs and self.legs[leg.id].state in legs.events[name].sources:
                    self.fire(name, SYSTEM, {}, leg.id)
                    break

    def _forward(self, event: Event, evidence: Mapping[str, Value], leg: Leg) -> None:
        if event.forwards_to:
            self._open(named_receiver(self.process, evidence[event.forwards_to], self.legs.values()), leg.id)

    def _open(self, party: Party, forwarded_from: str = "") -> None:
        legs = self.process.legs
        assert legs is not None  # checked when the process was loaded
        leg = Leg(
            id=str(len(self.legs) + 1),
            receiver=party,
            state=legs.start,
            entered_at=self.at,
            forwarded_from=forwarded_from,
        )
        self.legs[leg.id] = leg
        step = self.history[-1]
        key = self._key(step, Effect.DISPATCH_LEG, leg.id)
        self.effects.append(Asked(effect=Effect.DISPATCH_LEG, key=key, event=step.event, leg=leg.id))
        opening = Event(title=Words("派发", "sent"), to=legs.start, who=(), basis=())
        self._retime_one(Moved(legs, leg.id, "", legs.start, "", opening, frozenset()), leg)

    def _due_move(self) -> str | None:
        legs = self.process.legs
        states = [leg.state for leg in self.legs.values() if legs and legs.states[leg.state].counts]
        for move in legs.moves if legs and states else ():
            fits = (state in move.legs for state in states)
            if self.state in move.sources and (all(fits) if move.when == "all" else any(fits)):
                return move.fire
        return None
