"""The link of an invitation is mailed where mail is set up, and names the address at which the world sees the site."""

import pytest
from django.core import mail
from django.test import RequestFactory
from pytest_django import Settings
from tests.command.people import World

from fanzha.command.organizations.actor import AdministrationRefused
from fanzha.command.organizations.links import deliver_or_return_url, join_url, send_link
from fanzha.command.organizations.models import Invitation


@pytest.fixture
def invitation(world: World) -> Invitation:
    return Invitation.make(world["carrier"], "new@carrier.example", "New One", ["analyst"], None)[0]


def test_the_address_is_the_one_that_the_world_sees(settings: Settings) -> None:
    request = RequestFactory().get("/", headers={"host": "localhost"})
    assert join_url("t", request) == "http://localhost/join/t/"
    assert join_url("t") == "/join/t/"
    settings.SITE_ADDRESS = "https://fanzha.example/"
    assert join_url("t", request) == "https://fanzha.example/join/t/"


def test_without_mail_nothing_is_sent(invitation: Invitation, settings: Settings) -> None:
    settings.MAIL_IS_SET_UP = False
    assert not send_link(invitation, "https://fanzha.example/join/t/")


def test_the_mail_says_who_invites_and_holds_the_link(invitation: Invitation, settings: Settings) -> None:
    settings.MAIL_IS_SET_UP = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert send_link(invitation, "https://fanzha.example/join/t/")
    sent = mail.outbox[0]
    assert sent.to == ["new@carrier.example"] and "Example carrier" in sent.subject
    assert "https://fanzha.example/join/t/" in sent.body


def test_a_mailed_link_is_not_shown_to_who_invites(invitation: Invitation, settings: Settings) -> None:
    request = RequestFactory().get("/", headers={"host": "localhost"})
    settings.MAIL_IS_SET_UP = False
    assert deliver_or_return_url(invitation, "t", request) == "http://localhost/join/t/"
    settings.MAIL_IS_SET_UP = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert deliver_or_return_url(invitation, "t", request) is None and "/join/t/" in mail.outbox[0].body


@pytest.mark.usefixtures("socket_enabled")
def test_one_that_the_mail_server_does_not_take_ends(invitation: Invitation, settings: Settings) -> None:
    settings.MAIL_IS_SET_UP = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    with pytest.raises(AdministrationRefused, match="Invite the person again"):
        deliver_or_return_url(invitation, "t", RequestFactory().get("/", headers={"host": "localhost"}))
    assert not Invitation.select_open().exists()
