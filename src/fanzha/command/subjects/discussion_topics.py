"""Subjects as topics of comments and subscriptions, by their masked values."""

from collections.abc import Iterable

from django.urls import reverse

from fanzha.base.words import Words
from fanzha.command.collaboration.selectors import TopicKind
from fanzha.command.subjects.models import Share, Subject
from fanzha.command.subjects.presenters import display_subject
from fanzha.kinds import all_kinds


def _title(subject: Subject) -> Words:
    kind, shown = all_kinds().get(subject.kind), display_subject(subject)
    return Words(f"{kind.title.zh} {shown}", f"{kind.title.en} {shown}") if kind else Words(shown, shown)


def _participants(subject: Subject) -> Iterable[int]:
    """Return the organisations of the shares that the current viewer may read."""
    shares = Share.objects.filter(Share.in_force(), subject=subject)
    return {pk for pair in shares.values_list("owner", "receiver") for pk in pair}


TOPICS = (
    TopicKind("subject", Subject.as_read_by, _title, lambda row: reverse("subject", args=[row.ref]), _participants),
)
