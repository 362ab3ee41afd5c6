"""Which subjects a running process is about: the one that it was opened on, else those that its steps name."""

from collections.abc import Iterable
from datetime import datetime

from fanzha.command.flows.models import ProcessInstance, Step
from fanzha.command.subjects.finding_subjects import subjects_of
from fanzha.command.subjects.kept_values import kept
from fanzha.command.subjects.models import Subject

#: Field of a step -> the kind of what it names; "" is what the process's kept fact `kind` says.
_KINDS = {"numbers": "phone_number", "indicator": ""}
_FACT_KINDS = {"site": "website", "app": "app"}


def subjects_named(instance: ProcessInstance, at: datetime) -> list[Subject]:
    """Return the subjects, made where they are new. Raises Malformed for what is no value of its kind."""
    if instance.about:
        return list(Subject._base_manager.filter(ref=instance.about))
    fact = _FACT_KINDS.get(str(instance.situation.get("facts", {}).get("kind", "")), "")
    values = [
        kept(kind or fact, value)
        for step in Step._base_manager.filter(instance=instance, leg="").order_by("number")
        for name, kind in _KINDS.items()
        for value in _texts({**step.evidence, **step.personal}.get(name))
    ]
    keys = subjects_of([(value, at, None) for value in dict.fromkeys(values)], at)
    return list(Subject._base_manager.filter(pk__in=keys).order_by("pk"))


def _texts(value: object) -> Iterable[str]:
    if isinstance(value, str):
        return [value]
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
