"""The things that people discuss. Each app names its kinds of topic in the module `discussion_topics`, as `TOPICS`."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.http import Http404

from fanzha.base.words import Words
from fanzha.command.web.discovery import app_modules
from fanzha.command.web.viewer import Viewer


def _nobody(_row: Any) -> Iterable[int]:
    return ()


def _everybody(_viewer: Viewer) -> Q:
    return Q()


class TopicKind(NamedTuple):
    """A kind of topic: campaign, process or subject.

    `rows` returns the rows that a viewer may read, each with a column `ref`; `title` and `url` describe one row, masked
    as on its page. `participants` are the primary keys of the organisations that take part beside the owner.
    `comment_readers` narrows the comments (with `owner` and `topic`) that others shared to those that a viewer who may
    read the topic may read too.
    """

    name: str
    rows: Callable[[Viewer], "QuerySet[Any]"]
    title: Callable[[Any], Words]
    url: Callable[[Any], str]
    participants: Callable[[Any], Iterable[int]] = _nobody
    comment_readers: Callable[[Viewer], Q] = _everybody


class Topic(NamedTuple):
    """One topic that its reader may read."""

    kind: TopicKind
    ref: str
    row: Any

    @property
    def title(self) -> Words:
        """Return the title."""
        return self.kind.title(self.row)

    @property
    def url(self) -> str:
        """Return the address of its page."""
        return self.kind.url(self.row)


@cache
def topic_kinds() -> dict[str, TopicKind]:
    """Return the kinds of topic of all apps, by name."""
    return {kind.name: kind for module in app_modules("discussion_topics") for kind in module.TOPICS}


def get_topic(kind: str, ref: str, viewer: Viewer) -> Topic:
    """Return a topic. Raise Http404 if there is none or the viewer may not read it."""
    topic_kind = topic_kinds().get(kind)
    row = topic_kind.rows(viewer).filter(ref=ref).first() if topic_kind else None
    if topic_kind is None or row is None:
        raise Http404
    return Topic(topic_kind, ref, row)
