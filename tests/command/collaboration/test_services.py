"""Comments: on record, told to those concerned, withdrawn by their author alone; nobody is told of his own acts."""

import pytest
from tests.command.campaigns.factories import campaign
from tests.command.people import World
from tests.command.processes.orders_made import issued

from fanzha.command.audit.models import LogEntry
from fanzha.command.campaigns.models import Campaign
from fanzha.command.collaboration.models import MAX_COMMENT_LENGTH, Comment
from fanzha.command.collaboration.selectors import is_subscribed
from fanzha.command.collaboration.services import (
    add_comment,
    notify_subscribers,
    set_subscription,
    subscribe,
    withdraw_comment,
)
from fanzha.command.organizations.models import Membership
from fanzha.command.processes.models import Notification
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to
from fanzha.command.web.viewer import Viewer
from fanzha.processes.refusal import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(world: World) -> Campaign:
    return campaign(world["carrier"], 1)


@pytest.fixture
def author(world: World) -> Viewer:
    return world.viewer("carrier", Role.ANALYST)


def told(world: World, name: str, role: Role) -> list[str]:
    person = world.person(name, role)
    return [one.text_en for one in Notification._base_manager.filter(person=person).order_by("pk")]


def subscribes(viewer: Viewer, ref: str) -> bool:
    with scoped_to(viewer):
        return is_subscribed(ref)


def test_a_comment_is_in_the_log_with_its_text_under_seal(row: Campaign, author: Viewer) -> None:
    comment = add_comment("campaign", row.ref, "  a courier firm?  ", author)
    entry = LogEntry._base_manager.get(kind="comment")
    assert (comment.text, entry.about) == ("a courier firm?", row.ref)
    assert comment.ref in entry.facts and "courier" not in entry.facts


@pytest.mark.parametrize("text", ["", "   \n", "x" * (MAX_COMMENT_LENGTH + 1)])
def test_an_empty_or_too_long_comment_is_refused(row: Campaign, author: Viewer, text: str) -> None:
    with pytest.raises(Refusal):
        add_comment("campaign", row.ref, text, author)
    assert not Comment._base_manager.exists()


def test_who_comments_or_is_mentioned_subscribes_and_only_others_are_told(
    world: World, row: Campaign, author: Viewer
) -> None:
    reviewer = world.viewer("carrier", Role.REVIEWER)
    comment = add_comment("campaign", row.ref, "@carrier reviewer please look", author)
    assert subscribes(author, row.ref) and subscribes(reviewer, row.ref)
    (text,) = told(world, "carrier", Role.REVIEWER)
    assert text.startswith("carrier analyst mentions you: fake loan")
    assert Notification._base_manager.get().path == f"/campaigns/{row.ref}/#comment-{comment.ref}"
    add_comment("campaign", row.ref, "I looked", reviewer)
    (answer,) = told(world, "carrier", Role.ANALYST)
    assert answer.startswith("carrier reviewer commented: ")
    assert len(told(world, "carrier", Role.REVIEWER)) == 1


def test_an_ended_subscription_stays_ended_but_a_mention_is_told(world: World, row: Campaign, author: Viewer) -> None:
    reviewer = world.viewer("carrier", Role.REVIEWER)
    set_subscription("campaign", row.ref, reviewer, is_on=True)
    set_subscription("campaign", row.ref, reviewer, is_on=False)
    subscribe("campaign", row.ref, reviewer.organization, reviewer.person or 0)
    add_comment("campaign", row.ref, "nobody is meant", author)
    assert not subscribes(reviewer, row.ref) and told(world, "carrier", Role.REVIEWER) == []
    add_comment("campaign", row.ref, "@carrier reviewer is meant", author)
    assert len(told(world, "carrier", Role.REVIEWER)) == 1


def test_a_key_has_no_subscription(row: Campaign, author: Viewer) -> None:
    with pytest.raises(Refusal):
        set_subscription("campaign", row.ref, author._replace(person=None), is_on=True)


def test_only_the_author_withdraws_and_once(world: World, row: Campaign, author: Viewer) -> None:
    comment = add_comment("campaign", row.ref, "the wrong number", author)
    with pytest.raises(Refusal):
        withdraw_comment(comment, world.viewer("carrier", Role.REVIEWER))
    withdraw_comment(comment, author)
    kept = Comment._base_manager.get()
    assert kept.text == "" and kept.withdrawn_at is not None
    assert LogEntry._base_manager.filter(kind="comment_withdrawn", about=row.ref).count() == 1
    with pytest.raises(Refusal, match="withdrawn before"):
        withdraw_comment(comment, author)


def test_what_is_shared_is_told_to_subscribers_elsewhere_without_a_name(world: World) -> None:
    order, centre, mvno = issued(world), world.viewer("centre", Role.DUTY_OFFICER), world.viewer("mvno", Role.EXECUTOR)
    set_subscription("process", order.ref, mvno, is_on=True)
    add_comment("process", order.ref, "among us", centre)
    assert told(world, "mvno", Role.EXECUTOR) == []
    add_comment("process", order.ref, "@Example mvno: by noon, please", centre, share=True)
    (text,) = told(world, "mvno", Role.EXECUTOR)
    assert text.startswith("Example centre commented: ") and "duty_officer" not in text
    desk = Notification._base_manager.filter(owner=world["mvno"], person=None, path__contains="comment")
    assert desk.get().text_en.startswith("Example centre mentions your organisation: ")


def test_who_has_left_is_told_nothing(world: World, row: Campaign, author: Viewer) -> None:
    reviewer = world.person("carrier", Role.REVIEWER)
    subscribe("campaign", row.ref, author.organization, reviewer.pk)
    Membership.objects.filter(person=reviewer).delete()
    add_comment("campaign", row.ref, "who is still here?", author)
    assert told(world, "carrier", Role.REVIEWER) == []


def test_one_notification_a_person_and_key(world: World, row: Campaign, author: Viewer) -> None:
    comment = add_comment("campaign", row.ref, "once", author)
    reviewer = world.person("carrier", Role.REVIEWER)
    subscribe("campaign", row.ref, author.organization, reviewer.pk)
    for _ in range(2):
        notify_subscribers(
            row.ref, row.title, path="/", key="k", at=comment.at, organizations=[author.organization], but=[None]
        )
    assert len(told(world, "carrier", Role.REVIEWER)) == 1
