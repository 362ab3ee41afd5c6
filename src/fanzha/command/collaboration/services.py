"""Write and withdraw comments, subscribe, and notify subscribers, except the author of an action."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.ids import digest
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.collaboration.mentions import find_mentions
from fanzha.command.collaboration.models import MAX_COMMENT_LENGTH, Comment, TopicSubscription
from fanzha.command.collaboration.topics import Topic, get_topic
from fanzha.command.organizations.selectors import (
    all_people,
    build_viewer,
    current_memberships,
    get_organization,
    organizations_by_ref,
)
from fanzha.command.processes.selectors import to_actor
from fanzha.command.processes.services import create_notification
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.processes.log.commitment import Personal
from fanzha.processes.log.entry import Draft
from fanzha.processes.refusal import Reason, Refusal

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Person

_UNSCOPED = unscoped("subscriptions of colleagues, and of other organisations that may read the topic")

COMMENTED, WITHDRAWN = "comment", "comment_withdrawn"


def add_comment(
    kind: str, ref: str, text: str, viewer: Viewer, *, share: bool = False, at: datetime | None = None
) -> Comment:
    """Comment on a topic, subscribe the author and those mentioned, and notify them and the other subscribers.

    With `share`, other organisations that may read the topic read the comment too. Raise Refusal for an empty or too
    long text, Http404 for a topic that the viewer may not read.
    """
    topic, at, text = get_topic(kind, ref, viewer), at or timezone.now(), text.strip()
    if not text:
        raise _text_refusal(Words("请填写评论内容", "write a comment first"))
    if len(text) > MAX_COMMENT_LENGTH:
        raise _text_refusal(Words(f"评论不超过{MAX_COMMENT_LENGTH}字", f"at most {MAX_COMMENT_LENGTH} characters"))
    mentions = find_mentions(text, topic, viewer, share=share)
    actor = to_actor(viewer)
    with recorded() as log:
        comment = _UNSCOPED.rows(Comment).create(
            owner_id=viewer.organization,
            topic_kind=kind,
            topic=ref,
            person_id=viewer.person,
            author="" if viewer.person else actor.person,
            text=text,
            mentioned=[*(person.ref for person in mentions.people), *(row.ref for row in mentions.organizations)],
            is_shared=share,
            at=at,
        )
        log.add(
            Draft(
                kind=COMMENTED,
                at=to_ms(at),
                actor=actor.person,
                organization=actor.organization,
                about=ref,
                facts={"comment": comment.ref, "topic": kind, "shared": share, "mentioned": comment.mentioned},
                personal=(Personal("text", person=ref, value=text),),
            )
        )
        if viewer.person:
            subscribe(kind, ref, viewer.organization, viewer.person, at)
        _notify_of_comment(topic, comment, mentions.people, viewer)
        for organization in mentions.organizations:
            words = _describe(topic, _author_words(viewer, named=False), "提及贵单位", "mentions your organisation")
            key = f"comment:{comment.ref}:{organization.ref}"
            create_notification(organization.pk, words, key=key, at=at, path=_anchor(topic, comment))
    return comment


def withdraw_comment(comment: Comment, viewer: Viewer, at: datetime | None = None) -> None:
    """Withdraw a comment of the viewer: its text is removed, the comment stays. Raise Refusal for one of others."""
    at, actor = at or timezone.now(), to_actor(viewer)
    if not is_author(comment, viewer, actor.person):
        raise Refusal(Reason.ROLE, Words("只能撤回本人的评论", "only its author withdraws a comment"))
    with recorded() as log:
        rows = _UNSCOPED.rows(Comment).filter(pk=comment.pk, withdrawn_at=None)
        if not rows.update(withdrawn_at=at, text=""):
            raise Refusal(Reason.STATE, Words("该评论已撤回", "the comment was withdrawn before"))
        log.add(
            Draft(
                kind=WITHDRAWN,
                at=to_ms(at),
                actor=actor.person,
                organization=actor.organization,
                about=comment.topic,
                facts={"comment": comment.ref, "topic": comment.topic_kind},
            )
        )


def is_author(comment: Comment, viewer: Viewer, actor: str = "") -> bool:
    """Return whether the viewer wrote a comment; `actor` is the reference of a viewer who is a key."""
    if comment.owner_id != viewer.organization:
        return False
    return comment.person_id == viewer.person if viewer.person else bool(actor) and comment.author == actor


def subscribe(kind: str, ref: str, organization: int, person: int, at: datetime | None = None) -> None:
    """Subscribe a person, because he acted or is concerned; a subscription that he ended stays ended."""
    _UNSCOPED.rows(TopicSubscription).get_or_create(
        owner_id=organization,
        person_id=person,
        topic=ref,
        defaults={"topic_kind": kind, "since": at or timezone.now()},
    )


def set_subscription(kind: str, ref: str, viewer: Viewer, *, is_on: bool) -> None:
    """Begin or end the viewer's own subscription. Raise Refusal for a key, Http404 for an unreadable topic."""
    get_topic(kind, ref, viewer)
    if viewer.person is None:
        raise Refusal(Reason.ROLE, Words("接口密钥不能关注", "a key has no subscriptions"))
    _UNSCOPED.rows(TopicSubscription).update_or_create(
        owner_id=viewer.organization,
        person_id=viewer.person,
        topic=ref,
        defaults={"topic_kind": kind, "is_on": is_on},
        create_defaults={"topic_kind": kind, "is_on": is_on, "since": timezone.now()},
    )


def notify_subscribers(
    topic: str,
    words: Words,
    *,
    path: str,
    key: str,
    at: datetime,
    organizations: Collection[int],
    but: Iterable[int | None] = (),
) -> None:
    """Notify the current subscribers of a topic (ref) in some organisations (primary keys), except some people."""
    rows = _UNSCOPED.rows(TopicSubscription).filter(topic=topic, is_on=True, owner__in=organizations)
    subscriptions = list(rows.exclude(person__in=[pk for pk in but if pk]).select_related("person"))
    if not subscriptions:
        return
    members = set(
        current_memberships()
        .filter(person__in=[row.person_id for row in subscriptions], organization__in=organizations)
        .values_list("person", "organization")
    )
    for row in subscriptions:
        if (row.person_id, row.owner_id) in members:
            person_key = digest(key, row.person.ref, row.owner_id)
            create_notification(row.owner_id, words, key=person_key, at=at, person=row.person, path=path)


def subscribed_organizations(topic: str) -> set[int]:
    """Return the organisations (primary keys) whose people subscribe to a topic (ref)."""
    rows = _UNSCOPED.rows(TopicSubscription).filter(topic=topic, is_on=True)
    return set(rows.values_list("owner", flat=True).distinct())


def subscribe_by_ref(kind: str, topic: str, organization: str, person: str, at: datetime) -> int | None:
    """Subscribe a person, all named by refs, if the refs are those of a person and an organisation; return the key."""
    row = all_people().filter(ref=person).first() if person else None
    owner = organizations_by_ref([organization]).get(organization) if row else None
    if row is None or owner is None:
        return None
    subscribe(kind, topic, owner.pk, row.pk, at)
    return row.pk


def _notify_of_comment(topic: Topic, comment: Comment, people: Collection[Person], viewer: Viewer) -> None:
    path = _anchor(topic, comment)
    mentioned = _describe(topic, _author_words(viewer), "提到了您", "mentions you")
    for person in people:
        subscribe(comment.topic_kind, comment.topic, viewer.organization, person.pk, comment.at)
        key = f"comment:{comment.ref}:{person.ref}"
        create_notification(viewer.organization, mentioned, key=key, at=comment.at, person=person, path=path)
    but = [viewer.person, *(person.pk for person in people)]
    others = subscribed_organizations(comment.topic) - {viewer.organization} if comment.is_shared else set()
    readers = [pk for pk in others if _is_readable(comment, _viewer_of(pk))]
    for named, organizations in ((True, [viewer.organization]), (False, readers)):
        words = _describe(topic, _author_words(viewer, named=named), "发表评论", "commented")
        key = f"comment:{comment.ref}"
        notify_subscribers(
            comment.topic, words, path=path, key=key, at=comment.at, organizations=organizations, but=but
        )


def _is_readable(comment: Comment, viewer: Viewer) -> bool:
    return _UNSCOPED.rows(Comment).filter(Comment.readable(viewer), pk=comment.pk).exists()


def _viewer_of(organization: int) -> Viewer:
    return build_viewer(get_organization(organization), frozenset(), None)


def _author_words(viewer: Viewer, *, named: bool = True) -> Words:
    """Return the author's name, or that of the organisation for readers in others."""
    organization = get_organization(viewer.organization)
    person = all_people().filter(pk=viewer.person).first() if viewer.person and named else None
    return Words(str(person), str(person)) if person else Words(organization.name_zh, organization.name_en)


def _describe(topic: Topic, author: Words, zh: str, en: str) -> Words:
    title = topic.title
    return Words(f"{author.zh}{zh}：{title.zh}", f"{author.en} {en}: {title.en}")


def _anchor(topic: Topic, comment: Comment) -> str:
    return f"{topic.url}#comment-{comment.ref}"


def _text_refusal(words: Words) -> Refusal:
    return Refusal(Reason.EVIDENCE, words, fields={"text": words})
