"""Write steps of processes to the evidence log; personal and hidden evidence is sealed."""

from collections.abc import Iterable

from fanzha.base.clock import to_ms
from fanzha.command.audit.services import Recorder
from fanzha.command.processes.disclosure import step_fields
from fanzha.command.processes.models import ProcessInstance, Step
from fanzha.processes.log.commitment import Personal
from fanzha.processes.log.entry import Draft

KIND = "step"


def log_steps(log: Recorder, instance: ProcessInstance, steps: Iterable[Step]) -> None:
    """Add steps of one process to the log of the current transaction."""
    for step in steps:
        fields = step_fields(instance.version.process, step)
        hidden = {name: value for name, value in step.evidence.items() if name in fields and fields[name].hidden_until}
        log.add(
            Draft(
                kind=KIND,
                at=to_ms(step.at),
                actor=step.person.ref if step.person else step.actor,
                organisation=step.organization.ref if step.organization else "",
                process=instance.ref,
                about=instance.about or instance.campaign,
                facts={
                    "process": instance.process,
                    "number": step.number,
                    "leg": step.leg,
                    "event": step.event,
                    "before": step.before,
                    "after": step.after,
                    "evidence": {name: value for name, value in step.evidence.items() if name not in hidden},
                },
                personal=tuple(
                    Personal(name, person=instance.about or instance.ref, value=value)
                    for name, value in {**step.personal, **hidden}.items()
                ),
            )
        )
