"""Set, keep and cancel the timers of deadlines. Each timer id is used once, so a timer fires once."""

from collections.abc import Iterable
from typing import NamedTuple

from fanzha.processes.process import Clock, Deadline, Event, Machine, Process
from fanzha.processes.settings import ProcessSettings
from fanzha.processes.situation import RunningTimer, Value


class MachineStep(NamedTuple):
    """A step of one machine; `event` is None if only kept fields have changed."""

    machine: Machine
    leg: str
    before: str
    state: str
    name: str
    event: Event | None
    changed: frozenset[str]  # kept fields that the step set


class TimerPlanner:
    """Compute the timers of one process from the operator's settings."""

    def __init__(self, process: Process, ref: str, settings: ProcessSettings) -> None:
        """Take the process, the reference of its instance and the operator's settings."""
        self._process, self._ref, self._settings = process, ref, settings

    def timers_after(
        self,
        step: MachineStep,
        running: Iterable[RunningTimer],
        facts: dict[str, Value],
        at: int,
        number: int,
        organization: str,
    ) -> list[RunningTimer]:
        """Return the timers of one machine after a step."""
        timers_by_deadline = {timer.deadline: timer for timer in running}
        timers = []
        for name, deadline in step.machine.deadlines.items():
            fresh = _needs_new_timer(deadline, step, name in timers_by_deadline)
            if fresh is None:
                continue
            timer = (
                self._create_timer(step, name, facts, at, number, organization)
                if fresh
                else timers_by_deadline.get(name)
            )
            timers += [timer] if timer else []
        return timers

    def next_step(self, timer: RunningTimer, deadline: Deadline, at: int, organization: str) -> RunningTimer | None:
        """Return the timer of a deadline's next step, or None after the last. The span counts from `at`."""
        if timer.step + 1 >= len(deadline.then):
            return None
        step = timer.step + 1
        due = self._settings.after(at, deadline.then[step].after, _clock(deadline, step), organization)
        return RunningTimer(
            id=timer.id.rpartition(":")[0] + f":{step}", deadline=timer.deadline, due=due, step=step, leg=timer.leg
        )

    def _create_timer(
        self, step: MachineStep, name: str, facts: dict[str, Value], at: int, number: int, organization: str
    ) -> RunningTimer | None:
        deadline = step.machine.deadlines[name]
        since = facts.get(deadline.since) if deadline.since else at
        if since is None:  # optional moment without a value: no deadline
            return None
        if not isinstance(since, int):
            raise TypeError(f"{deadline.since} is not a moment")
        span = self._settings.span_of(self._process, name, deadline, str(facts.get(deadline.chosen_by, "")))
        due = self._settings.after(since, span, deadline.calendar_kind, organization)
        return RunningTimer(id=f"{self._ref}:{step.leg}:{name}:{number}:0", deadline=name, due=due, leg=step.leg)


def _clock(deadline: Deadline, step: int) -> Clock:
    """Use the clock of the deadline for a further step in whole working hours or days."""
    return deadline.calendar_kind if deadline.then[step].after.endswith(("h", "d")) else Clock.CLOCK


def _needs_new_timer(deadline: Deadline, step: MachineStep, running: bool) -> bool | None:
    """Return True to set a new timer, False to keep the running one, None to have none."""
    changed = bool({deadline.since, deadline.chosen_by} & step.changed)
    if step.machine.states[step.state].end:
        return None
    if deadline.during:
        if step.state not in deadline.during:
            return None
        entered = bool(step.event and step.event.to) and (
            step.before == step.state or step.before not in deadline.during
        )
        return entered or changed
    if step.event and step.name in deadline.after:
        return True
    if step.event and step.name in deadline.stopped_by:
        return None
    return running and changed
