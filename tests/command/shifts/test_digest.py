"""Digests arrive once at a real mail server, in the language of the person, with counts and short numbers alone."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core.mail import send_mail
from django.db import OperationalError
from pytest_django.fixtures import Settings
from tests.command.campaigns.factories import campaign
from tests.command.people import World
from tests.command.shifts.mail_server import MailServer, mail_server

from fanzha.command.organizations.models import Duty, Membership, Person
from fanzha.command.shifts import digest
from fanzha.command.shifts.digest import build_digest, is_due, send_due
from fanzha.command.shifts.models import DigestMail
from fanzha.command.shifts.services import Item, choose_digest, hand_over
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to
from fanzha.command.web.viewer import Viewer

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]
#: 9:30 in Shanghai.
NOW = datetime(2026, 3, 4, 1, 30, tzinfo=UTC)


def use(server: MailServer, settings: Settings) -> None:
    settings.MAIL_IS_SET_UP = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.server_address[1]
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False


@pytest.fixture
def server(settings: Settings) -> Iterator[MailServer]:
    with mail_server() as running:
        use(running, settings)
        yield running


@pytest.fixture
def viewer(world: World) -> Viewer:
    person = world.person("carrier", Role.ANALYST)
    campaign(world["carrier"], 1, assignee=person, tie_value="a secret trunk")
    campaign(world["carrier"], 1, first=10)
    return world.viewer("carrier", Role.ANALYST)


def bodies(server: MailServer) -> list[str]:
    return [mail.get_content() for mail in server.mails]


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [("en", "Fanzha: your open work", "You work on: 1"), ("zh-hans", "反诈平台：待办摘要", "本人经办：1项")],
)
def test_a_digest_is_in_the_language_of_the_person_and_names_nobody(
    server: MailServer, viewer: Viewer, language: str, subject: str, words: str
) -> None:
    Person.objects.filter(pk=viewer.person or 0).update(language=language)
    choose_digest("daily", 9, viewer)
    assert send_due(NOW) == 1
    (mail,) = server.mails
    assert (mail["Subject"], mail["To"]) == (subject, "analyst@carrier.example")
    text = mail.get_content()
    assert words in text and "secret" not in text and "carrier analyst" not in text


def test_it_is_sent_once_a_day_at_its_hour(server: MailServer, viewer: Viewer) -> None:
    choose_digest("daily", 9, viewer)
    times = [
        NOW - timedelta(hours=1),
        NOW,
        NOW + timedelta(minutes=5),
        NOW + timedelta(hours=7),
        NOW + timedelta(days=1),
    ]
    assert [send_due(at) for at in times] == [0, 1, 0, 0, 1]
    assert DigestMail._base_manager.exclude(sent_at=None).count() == len(server.mails) == 2


def test_a_digest_that_the_server_refuses_is_tried_again(settings: Settings, viewer: Viewer) -> None:
    choose_digest("daily", 9, viewer)
    with mail_server(refuses=True) as refusing:
        use(refusing, settings)
        assert send_due(NOW) == 0
    assert not DigestMail._base_manager.exists()
    with mail_server() as running:
        use(running, settings)
        assert (send_due(NOW), len(running.mails)) == (1, 1)


def test_nothing_more_is_tried_while_the_mail_server_is_away(settings: Settings, world: World, viewer: Viewer) -> None:
    choose_digest("daily", 9, viewer)
    choose_digest("daily", 9, world.viewer("carrier", Role.REVIEWER))
    with mail_server() as stopped:
        use(stopped, settings)
    assert is_due(NOW) and send_due(NOW) == 0 and not DigestMail._base_manager.exists()


def test_one_mailbox_that_ends_the_connection_holds_up_nobody_else(
    server: MailServer, world: World, viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = world.person("carrier", Role.ANALYST).email

    def drop_one(subject: str, text: str, sender: None, receivers: list[str]) -> int:
        if receivers == [refused]:
            raise SMTPServerDisconnected("please try again later")
        return send_mail(subject, text, sender, receivers)

    choose_digest("daily", 9, viewer)
    choose_digest("daily", 9, world.viewer("carrier", Role.REVIEWER))
    monkeypatch.setattr(digest, "send_mail", drop_one)
    assert (send_due(NOW), len(server.mails)) == (1, 1)


def test_a_digest_that_cannot_be_built_is_tried_again(
    server: MailServer, viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OperationalError("the server closed the connection")

    choose_digest("daily", 9, viewer)
    with monkeypatch.context() as broken:
        broken.setattr(digest, "open_items", fail)
        assert send_due(NOW) == 0 and not DigestMail._base_manager.exists()
    assert (send_due(NOW), len(server.mails)) == (1, 1)


def test_a_claimed_digest_is_not_sent_again_after_a_crash(server: MailServer, world: World, viewer: Viewer) -> None:
    choose_digest("daily", 9, viewer)
    person = world.person("carrier", Role.ANALYST)
    DigestMail._base_manager.create(owner=world["carrier"], person=person, key="day:2026-03-04", at=NOW)
    assert send_due(NOW) == 0 and server.mails == []


def test_at_the_end_of_a_shift_after_a_handover_or_a_watch(server: MailServer, world: World, viewer: Viewer) -> None:
    choose_digest("shift_end", 9, viewer)
    person, reviewer = world.person("carrier", Role.ANALYST), world.person("carrier", Role.REVIEWER)
    Duty.objects.create(
        organization=world["carrier"], officer=reviewer, deputy=person, since=NOW - timedelta(days=1), until=NOW
    )
    assert [send_due(at) for at in (NOW - timedelta(minutes=1), NOW, NOW)] == [0, 1, 0]
    ref = campaign(world["carrier"], 1, first=20).ref
    with scoped_to(viewer):
        made, _refused = hand_over([Item("campaign", ref)], reviewer.ref, "", viewer)
    assert [send_due(made.at + timedelta(minutes=1)) for _ in range(2)] == [1, 0]
    assert len(bodies(server)) == 2


def test_nothing_without_a_wish_a_membership_or_a_mail_server(
    server: MailServer, settings: Settings, viewer: Viewer
) -> None:
    assert send_due(NOW) == 0
    choose_digest("daily", 9, viewer)
    settings.MAIL_IS_SET_UP = False
    assert send_due(NOW) == 0
    settings.MAIL_IS_SET_UP = True
    Membership.objects.filter(person=viewer.person).delete()
    assert send_due(NOW) == 0
    choose_digest("", 0, viewer)
    assert server.mails == []


def test_what_is_late_is_named_by_its_short_number(world: World, viewer: Viewer) -> None:
    digest = build_digest(viewer, NOW)
    assert (digest.mine, digest.unassigned, digest.unread, digest.late, digest.numbers) == (1, 1, 0, 0, ())
