"""Process engine: offered events, effects of an event, and expired deadlines. Pure: no clock, no storage."""

from collections.abc import Iterator, Mapping
from typing import Any

from fanzha.base.words import Words
from fanzha.processes._engine.guards import actor_refusal, appeal_refusals, refusal
from fanzha.processes._engine.transition import EventTransition
from fanzha.processes.parties import MACHINES, SYSTEM, Actor, Party
from fanzha.processes.process import Event, Machine, Process
from fanzha.processes.refusal import Reason, Refusal
from fanzha.processes.roles import role_table
from fanzha.processes.settings import ProcessSettings
from fanzha.processes.situation import Change, LegState, Offer, RunningTimer, Situation

#: Reasons that concern the person or the unit, not the role.
_PERSONAL_REASONS = (Reason.SAME_PERSON, Reason.SAME_UNIT, Reason.OWN_CASE)


def openings(process: Process, owner: Party, actor: Actor) -> list[Offer]:
    """Return the events that open a process, with the reason for each that this actor may not fire for this owner."""
    return [
        Offer(
            event=name,
            title=event.title,
            evidence=event.evidence,
            why_not=refusal_.words if (refusal_ := _opening_refusal(process, event, owner, actor)) else None,
        )
        for name, event in process.opening.items()
        if _is_visible(event, actor)
    ]


def opens_for_others(process: Process, actor: Actor) -> list[str]:
    """Return the events with which this actor may open a process owned by another organisation."""
    nobody = Party("", "")
    return [name for name, event in process.opening.items() if actor_refusal(event, actor, nobody, None) is None]


def start(
    process: Process,
    event: str,
    actor: Actor,
    evidence: Mapping[str, Any],
    at: int,
    *,
    ref: str,
    owner: Party,
    settings: ProcessSettings,
) -> Change:
    """Open a process at `at` (UTC ms); `ref` is the caller's reference. Raise Refusal if the actor may not."""
    if event not in process.opening:
        raise Refusal(Reason.UNKNOWN, Words(f"不能由“{event}”开始", f"does not open with {event!r}"))
    refusal_ = _opening_refusal(process, process.events[event], owner, actor)
    if refusal_:
        raise refusal_
    state = process.events[event].to
    empty = Situation(ref=ref, process=process.name, version=process.version, owner=owner, state=state, entered_at=at)
    transition = EventTransition(process, empty, settings, at)
    transition.fire(event, actor, evidence, is_allowed=True)
    transition.settle()
    return transition.change()


def offers(process: Process, situation: Situation, actor: Actor) -> list[Offer]:
    """Return every event that leaves the current state of the process or a leg, with the reason if it is refused."""
    _check_version(process, situation)
    found = list(_offers(process, process, situation, actor, None))
    for leg in situation.legs if process.legs else ():
        found += _offers(process, process.legs, situation, actor, leg) if process.legs else ()
    return found


def fire(
    process: Process,
    situation: Situation,
    event: str,
    actor: Actor,
    evidence: Mapping[str, Any],
    at: int,
    *,
    settings: ProcessSettings,
    leg: str = "",
) -> Change:
    """Fire an event at `at` (UTC ms), on a leg if `leg` is given. Raise Refusal and change nothing if it is refused."""
    _check_version(process, situation)
    if leg and situation.leg(leg) is None:
        raise Refusal(Reason.UNKNOWN, Words(f"没有此分支：{leg}", f"there is no leg {leg!r}"))
    transition = EventTransition(process, situation, settings, at)
    transition.fire(event, actor, evidence, leg)
    transition.settle()
    return transition.change()


def appeal_refusal(process: Process, situation: Situation, actor: Actor) -> Refusal | None:
    """Return the reason why an actor may not decide an appeal against a process, None if he may.

    Another person and another unit decides than decided before.
    """
    steps = [step for step in situation.history if not step.leg]
    return next(appeal_refusals(process, actor, steps), None)


def due(situation: Situation, at: int) -> tuple[RunningTimer, ...]:
    """Return the timers that have expired at `at` (UTC ms), earliest first."""
    return tuple(timer for timer in situation.timers if timer.due <= at)


def pass_timer(process: Process, situation: Situation, timer_id: str, at: int, *, settings: ProcessSettings) -> Change:
    """Run the step of an expired timer: escalate or fire its event. Raise Refusal if the timer is gone or not due."""
    _check_version(process, situation)
    timer = next((timer for timer in situation.timers if timer.id == timer_id), None)
    if timer is None:
        raise Refusal(Reason.TIMER, Words("该期限已处理或已取消", "the deadline has passed before, or was cancelled"))
    if at < timer.due:
        raise Refusal(Reason.TIMER, Words("期限未到", "the deadline has not passed yet"))
    transition = EventTransition(process, situation, settings, at)
    machine: Machine = process.legs if timer.leg and process.legs else process
    transition.advance(timer, machine)
    step = machine.deadlines[timer.deadline].then[timer.step]
    if step.escalate:
        transition.escalate(timer, step.escalate)
    elif _can_fire(machine, situation, step.fire, timer):
        transition.fire(step.fire, SYSTEM, {}, timer.leg)
        transition.settle()
    return transition.change(timer)


def _can_fire(machine: Machine, situation: Situation, event: str, timer: RunningTimer) -> bool:
    """Return whether the event can still be fired. A deadline set by an event may outlast the state."""
    leg = situation.leg(timer.leg)
    return (leg.state if leg else situation.state) in machine.events[event].sources


def _check_version(process: Process, situation: Situation) -> None:
    if (process.name, process.version) != (situation.process, situation.version):
        zh = f"该事项按 {situation.process} 第 {situation.version} 版运行"
        raise Refusal(Reason.VERSION, Words(zh, f"it runs by {situation.process} version {situation.version}"))


def _offers(
    process: Process, machine: Machine, situation: Situation, actor: Actor, leg: LegState | None
) -> Iterator[Offer]:
    state, leg_id = (leg.state, leg.id) if leg else (situation.state, "")
    dues = [timer.due for timer in situation.timers if timer.leg == leg_id]
    for name, event in machine.events.items():
        if state in event.sources and _is_visible(event, actor):
            refused = refusal(process, situation, name, actor, leg)
            yield Offer(
                event=name,
                title=event.title,
                evidence=event.evidence,
                why_not=refused.words if refused else None,
                due=min(dues, default=None),
                leg=leg_id,
                personal=refused is not None and refused.reason in _PERSONAL_REASONS,
            )


def _is_visible(event: Event, actor: Actor) -> bool:
    """Return whether the actor sees the event. Events fired by machines alone are hidden from people."""
    return actor.is_machine or bool(set(event.who) - MACHINES)


def _opening_refusal(process: Process, event: Event, owner: Party, actor: Actor) -> Refusal | None:
    kinds = [kind for name in process.owners for kind in role_table().kinds_of(name)]
    if owner.kind not in kinds:
        words = Words("您的单位不承办此类流程", "your organisation cannot start this process")
        return Refusal(Reason.ROLE, words)
    return actor_refusal(event, actor, owner, None)
