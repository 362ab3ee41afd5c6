"""On which subjects a person decided before, by an opinion or a process (asked by `reviews.marking`)."""

from collections.abc import Collection

from fanzha.command.processes.selectors import find_steps
from fanzha.command.subjects.models import OpinionRow
from fanzha.command.web.scoping import unscoped

_UNSCOPED = unscoped("whether a person decided before does not depend on what he may read now")


def find_decided_subjects(person: int, subjects: Collection[int]) -> set[int]:
    """Return the subjects (primary keys) with an opinion of the person or of a process in which he took a step."""
    opinions = _UNSCOPED.rows(OpinionRow).filter(subject__in=subjects)
    own = set(opinions.filter(person=person).values_list("subject", flat=True))
    of_processes = list(opinions.exclude(process="").values_list("subject", "process"))
    steps = find_steps(_UNSCOPED).filter(
        person=person, instance__ref__in={process for _subject, process in of_processes}
    )
    taken = set(steps.values_list("instance__ref", flat=True))
    return own | {subject for subject, process in of_processes if process in taken}
