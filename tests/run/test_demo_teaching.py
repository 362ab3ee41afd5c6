"""The demo's public pages show the whole shipped set, approved by another person than who submitted it."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from fanzha.command.education.shipped_items import shipped_items
from fanzha.command.organizations.selectors import build_viewer
from fanzha.command.processes.selectors import to_actor
from fanzha.command.web.roles import Role
from fanzha.run.demo_province import create_demo_province
from fanzha.run.demo_teaching import publish_shipped_items

pytestmark = pytest.mark.django_db


def test_the_whole_set_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, client: Client) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    now = timezone.now()
    province = create_demo_province("a long made-up pass phrase", now - timedelta(days=3))
    editor, reviewer = (
        to_actor(build_viewer(province["centre"], {role.value}, province.people["centre", role].pk))
        for role in (Role.EDITOR, Role.REVIEWER)
    )
    assert publish_shipped_items(province["centre"], editor, reviewer, now) == len(shipped_items())
    page = client.get("/learn/", {"language": "en"}).content.decode()
    assert all(escape(item.en.title) in page for item in shipped_items().values())
