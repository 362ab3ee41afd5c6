"""API schemas of comments and subscriptions."""

from datetime import datetime

from ninja import Schema
from pydantic import Field

from fanzha.command.collaboration.models import MAX_COMMENT_LENGTH, Comment


class CommentIn(Schema):
    """A comment. `@` and the name of a colleague mentions him; with `shared` others who read the topic read it too."""

    text: str = Field(min_length=1, max_length=MAX_COMMENT_LENGTH)
    shared: bool = False


class CommentOut(Schema):
    """A comment. `text` is empty once it is withdrawn."""

    ref: str
    topic_kind: str
    topic: str
    owner: str
    person: str = Field(description="ref of the author; empty for a key, and for people of other organisations")
    text: str
    mentioned: list[str] = Field(description="refs of people and organisations; empty for other organisations")
    shared: bool
    at: datetime
    withdrawn_at: datetime | None

    @classmethod
    def of(cls, comment: Comment, organization: int) -> "CommentOut":
        """Return a comment as an organisation (primary key) reads it."""
        is_own = comment.owner_id == organization
        return cls(
            ref=comment.ref,
            topic_kind=comment.topic_kind,
            topic=comment.topic,
            owner=comment.owner.ref,
            person=comment.person.ref if comment.person and is_own else "",
            text=comment.text,
            mentioned=list(comment.mentioned) if is_own else [],
            shared=comment.is_shared,
            at=comment.at,
            withdrawn_at=comment.withdrawn_at,
        )


class TopicSubscriptionIn(Schema):
    """Whether to be notified of what happens to a topic."""

    on: bool


class TopicSubscriptionOut(TopicSubscriptionIn):
    """Whether the caller is notified of what happens to a topic."""
