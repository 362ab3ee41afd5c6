"""Read comments and subscriptions of a topic; `__all__` also names how other apps describe their kinds of topic."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from fanzha.command.collaboration.models import Comment, TopicSubscription
from fanzha.command.collaboration.services import is_author
from fanzha.command.collaboration.topics import Topic, TopicKind
from fanzha.command.organizations.selectors import get_actor_ref, get_organization_ref
from fanzha.command.web.viewer import Viewer

if TYPE_CHECKING:
    from django.db.models import QuerySet

__all__ = ["CommentRow", "Discussion", "Topic", "TopicKind", "find_comments", "is_subscribed", "load_discussion"]

COMMENTS_SHOWN = 100


@dataclass(frozen=True)
class CommentRow:
    """A comment as its reader sees it: people of other organisations are not named."""

    ref: str
    author: str
    text: str
    at: datetime
    is_shared: bool
    is_withdrawn: bool
    may_withdraw: bool


@dataclass(frozen=True)
class Discussion:
    """The latest comments on a topic, oldest first, how many earlier ones there are, and the own subscription."""

    kind: str
    ref: str
    comments: list[CommentRow]
    earlier: int
    is_subscribed: bool
    may_subscribe: bool


def find_comments(ref: str) -> QuerySet[Comment]:
    """Return the comments on a topic (ref) that the current viewer may read."""
    return Comment.objects.filter(topic=ref).select_related("owner", "person")


def is_subscribed(ref: str) -> bool:
    """Return whether the current viewer subscribes to a topic (ref)."""
    return TopicSubscription.objects.filter(topic=ref, is_on=True).exists()


def load_discussion(kind: str, ref: str, viewer: Viewer, *, with_all: bool = False) -> Discussion:
    """Return what the page of a topic shows; with `with_all` all comments."""
    comments = find_comments(ref).order_by("-pk")
    latest = list(comments if with_all else comments[: COMMENTS_SHOWN + 1])
    has_earlier = not with_all and len(latest) > COMMENTS_SHOWN
    actor = "" if viewer.person else get_actor_ref(viewer, get_organization_ref(viewer.organization))
    shown = latest if with_all else latest[:COMMENTS_SHOWN]
    return Discussion(
        kind=kind,
        ref=ref,
        comments=[_present(comment, viewer, actor) for comment in reversed(shown)],
        earlier=comments.count() - COMMENTS_SHOWN if has_earlier else 0,
        is_subscribed=viewer.person is not None and is_subscribed(ref),
        may_subscribe=viewer.person is not None,
    )


def _present(comment: Comment, viewer: Viewer, actor: str) -> CommentRow:
    author = str(comment.owner)
    if comment.owner_id == viewer.organization:
        author = str(comment.person) if comment.person else _("an API key")
    return CommentRow(
        ref=comment.ref,
        author=author,
        text=comment.text,
        at=comment.at,
        is_shared=comment.is_shared,
        is_withdrawn=comment.withdrawn_at is not None,
        may_withdraw=comment.withdrawn_at is None and is_author(comment, viewer, actor),
    )
