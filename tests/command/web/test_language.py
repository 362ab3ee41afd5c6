"""A page is in the language that the person chose, before what the browser asks for."""

import pytest
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client, RequestFactory
from tests.command.people import World

from fanzha.command.web.language import CHOSEN
from fanzha.command.web.roles import Role


@pytest.mark.django_db
@pytest.mark.parametrize(("asked", "lang"), [("en", "en"), ("zh-CN,zh;q=0.9", "zh-Hans"), ("fr", "zh-Hans")])
def test_the_browser_is_heard_before_anybody_chose(asked: str, lang: str) -> None:
    page = Client(headers={"accept-language": asked}).get("/accounts/login/").content.decode()
    assert f'<html lang="{lang}">' in page


def test_a_person_who_signs_in_finds_the_language_chosen_elsewhere(world: World) -> None:
    person = world.person("carrier", Role.ANALYST)
    person.language = "zh-hans"
    request = RequestFactory().get("/")
    request.session = SessionStore()
    user_logged_in.send(type(person), request=request, user=person)
    assert request.session[CHOSEN] == "zh-hans"


def test_the_choice_stands_before_the_browser(world: World) -> None:
    client = world.client("carrier", Role.ANALYST, language="en")
    client.post("/choose/language/", {"language": "zh-hans"})
    assert '<html lang="zh-Hans">' in client.get("/").content.decode()
