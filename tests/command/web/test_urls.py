"""Addresses of all apps are found, each by a name of its own; who may see what is tried by test_access_matrix."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from tests.command.people import World

from fanzha.command.web.roles import Role


def patterns(found: "list[URLPattern | URLResolver]") -> Iterator[URLPattern]:
    for one in found:
        if isinstance(one, URLPattern):
            yield one
        elif one.app_name == "" and not str(one.pattern).startswith("accounts/"):
            yield from patterns(one.url_patterns)


def test_no_two_addresses_share_a_name() -> None:
    names = [one.name for one in patterns(get_resolver().url_patterns) if one.name]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.django_db
def test_the_first_page_leads_strangers_to_the_login() -> None:
    answer = Client().get(reverse("home"))
    assert answer.status_code == 302
    assert answer["location"].startswith(reverse(settings.LOGIN_URL))


@pytest.mark.parametrize("number", ["²", "１", "9" * 5_000, "-1"])
@pytest.mark.parametrize(
    ("page", "name"),
    [
        ("exports", "cursor"),
        ("unmaskings", "cursor"),
        ("processes", "before"),
        ("imports", "cursor"),
        ("organizations", "page"),
        ("evidence", "cursor"),
    ],
)
def test_what_is_no_number_in_an_address_is_no_fault(world: World, page: str, name: str, number: str) -> None:
    client = world.client("administration", *Role)
    assert client.get(reverse(page), {name: number}).status_code == 200
