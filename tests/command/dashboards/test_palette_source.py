"""The palette offers pages and commands that let the viewer in, by titles in both languages."""

import pytest
from django.utils.translation import override
from tests.command.people import World

from fanzha.command.dashboards.palette_source import COMMANDS, PAGES, find_commands, find_pages
from fanzha.command.web.drawing.icons import ICONS
from fanzha.command.web.palette.entries import find_page
from fanzha.command.web.roles import Role

pytestmark = pytest.mark.django_db


def test_every_page_and_command_is_there_and_its_icon_is_drawn(world: World) -> None:
    viewer = world.viewer("administration", *Role)
    missing = {name for name, _title, icon in (*PAGES, *COMMANDS) if not find_page(name, viewer) or icon not in ICONS}
    assert missing <= {"paste_numbers"}, "only the police looks pasted numbers up"


def test_nobody_is_offered_what_refuses_him(world: World) -> None:
    """Each page is opened once, by the first role that it is offered to; the access matrix opens it by every role."""
    offered_to = {
        entry.url: role
        for role in reversed(Role)
        for find in (find_pages, find_commands)
        for entry in find(world.viewer("carrier", role))
        if "/accounts/" not in entry.url
    }
    answers = {url: world.client("carrier", role).get(url).status_code for url, role in offered_to.items()}
    assert answers == dict.fromkeys(answers, 200)


def test_titles_are_in_the_language_of_the_reader(world: World) -> None:
    viewer = world.viewer("carrier", Role.ANALYST)
    with override("zh-hans"):
        entry = next(entry for entry in find_pages(viewer) if entry.url == "/orders/")
    assert entry.title == "指令" and entry.keywords == ("Orders",)
