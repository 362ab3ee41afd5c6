"""Look up the subjects of imported telephone numbers (called by `imports.presenters`)."""

from collections.abc import Sequence

from fanzha.command.subjects.canonical import CanonicalValue
from fanzha.command.subjects.models import Subject
from fanzha.command.web.scoping import unscoped

_UNSCOPED = unscoped("a subject is found by its value before it is known who may read it")


def readable_subjects(numbers: Sequence[str]) -> dict[str, Subject]:
    """Return the subject of each number (E.164) that the current viewer may read, of its latest holder."""
    digests = {number: CanonicalValue("phone_number", number).thing for number in numbers}
    keys = list(_UNSCOPED.rows(Subject).filter(thing__in=digests.values()).values_list("pk", flat=True))
    by_digest = {subject.thing: subject for subject in Subject.objects.filter(pk__in=keys).order_by("pk")}
    return {number: by_digest[digest] for number, digest in digests.items() if digest in by_digest}
