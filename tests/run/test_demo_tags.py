"""The look-up page of the demo answers: one number is tagged, of two only calls that showed them, and one link."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from fanzha.command.number_tags.services import look_up
from fanzha.command.number_tags.tag_disputes import dispute_tags, find_dispute, give_code
from fanzha.command.web.roles import Role
from fanzha.run.demo_province import create_demo_province
from fanzha.run.demo_site import SITE_SETTINGS
from fanzha.run.demo_story import SHOP_NUMBER
from fanzha.run.demo_tags import TAGS, create_tags

pytestmark = pytest.mark.django_db


def test_each_made_up_value_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    (tmp_path / "fanzha.toml").write_text(SITE_SETTINGS, "utf-8")
    now = timezone.now()
    create_tags(create_demo_province("a long made-up pass phrase", now - timedelta(days=3)), now)
    found = [look_up(tag.kind, tag.value) for tag in TAGS]
    assert [(view.category, view.is_proven) for view in found] == [
        ("fraud", True),
        ("harassment", False),
        ("fraud", False),
        ("fraud", True),
    ]


def test_the_shop_gets_a_code_from_the_clerk_and_its_tag_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    (tmp_path / "fanzha.toml").write_text(SITE_SETTINGS, "utf-8")
    now = timezone.now()
    province = create_demo_province("a long made-up pass phrase", now - timedelta(days=3))
    create_tags(province, now)
    _row, code = give_code(province["telecom"], SHOP_NUMBER, province.people["telecom", Role.CLERK])
    assert dispute_tags(SHOP_NUMBER, code, "I sell tea") and not look_up("phone_number", SHOP_NUMBER).category
    dispute = find_dispute(SHOP_NUMBER, code)
    assert dispute is not None and dispute.decider == province["administration"]
