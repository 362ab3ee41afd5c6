"""API routes of comments and subscriptions; `kind` of a topic is campaign, process or subject."""

from typing import Annotated

from django.shortcuts import get_object_or_404
from ninja import Query, Router, Status

from fanzha.command.collaboration.models import Comment
from fanzha.command.collaboration.schemas import CommentIn, CommentOut, TopicSubscriptionIn, TopicSubscriptionOut
from fanzha.command.collaboration.selectors import find_comments, is_subscribed
from fanzha.command.collaboration.services import add_comment, set_subscription, withdraw_comment
from fanzha.command.collaboration.topics import get_topic
from fanzha.command.organizations.schemas import ApiRequest
from fanzha.command.web.api import Page, Paging, paginate

ROUTER = Router(tags=["collaboration"])
PagingQuery = Annotated[Paging, Query()]


@ROUTER.get(
    "/topics/{kind}/{ref}/comments",
    response=Page[CommentOut],
    operation_id="fanzha_command_collaboration_api_list_comments",
)
def list_comments(request: ApiRequest, kind: str, ref: str, paging: PagingQuery) -> dict[str, object]:
    """List the comments on a topic, the latest first: those of the caller's organisation, and shared ones."""
    get_topic(kind, ref, request.viewer)
    page = paginate(find_comments(ref), paging)
    return page | {"items": [CommentOut.of(row, request.viewer.organization) for row in page["items"]]}


@ROUTER.post(
    "/topics/{kind}/{ref}/comments",
    response={201: CommentOut},
    operation_id="fanzha_command_collaboration_api_write_comment",
)
def write_comment(request: ApiRequest, kind: str, ref: str, body: CommentIn) -> Status[CommentOut]:
    """Comment on a topic; those mentioned and its subscribers are notified."""
    comment = add_comment(kind, ref, body.text, request.viewer, share=body.shared)
    return Status(201, CommentOut.of(comment, request.viewer.organization))


@ROUTER.post(
    "/comments/{ref}/withdraw", response=CommentOut, operation_id="fanzha_command_collaboration_api_withdraw_comment"
)
def withdraw(request: ApiRequest, ref: str) -> CommentOut:
    """Withdraw a comment of the caller; its text is removed."""
    comment = get_object_or_404(Comment.objects.select_related("owner", "person"), ref=ref)
    withdraw_comment(comment, request.viewer)
    comment.refresh_from_db()
    return CommentOut.of(comment, request.viewer.organization)


@ROUTER.get(
    "/topics/{kind}/{ref}/subscription",
    response=TopicSubscriptionOut,
    operation_id="fanzha_command_collaboration_api_read_topic_subscription",
)
def read_topic_subscription(request: ApiRequest, kind: str, ref: str) -> TopicSubscriptionOut:
    """Return whether the caller is notified of what happens to a topic."""
    get_topic(kind, ref, request.viewer)
    return TopicSubscriptionOut(on=is_subscribed(ref))


@ROUTER.put(
    "/topics/{kind}/{ref}/subscription",
    response=TopicSubscriptionOut,
    operation_id="fanzha_command_collaboration_api_set_topic_subscription",
)
def set_topic_subscription(request: ApiRequest, kind: str, ref: str, body: TopicSubscriptionIn) -> TopicSubscriptionOut:
    """Begin or end the caller's notifications of what happens to a topic; a key has none."""
    set_subscription(kind, ref, request.viewer, is_on=body.on)
    return TopicSubscriptionOut(on=body.on)
