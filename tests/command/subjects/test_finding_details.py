"""Investigators read sentence and reasons with figures, others the public text."""

import pytest
from django.utils.translation import override
from tests.command.people import World
from tests.command.subjects.factories import finding_row

from fanzha.command.subjects.finding_codec import FindingTexts, pack
from fanzha.command.subjects.finding_details import finding_reasons, finding_sentence, select_findings
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to

pytestmark = pytest.mark.django_db


def test_others_read_what_the_person_concerned_is_told(world: World) -> None:
    detail = FindingTexts(("31 通",), ("31 calls",), "呼叫异常", "unusual calling", "", (), "{}")
    row = finding_row(world["carrier"], packed=pack(detail))
    with override("en"):
        assert finding_reasons(row, world.viewer("carrier", Role.ANALYST)) == ("31 calls",)
        assert finding_reasons(row, world.viewer("carrier", Role.EXECUTOR)) == ("unusual calling",)
    with override("zh-hans"):
        assert finding_reasons(row, world.viewer("carrier", Role.EXECUTOR)) == ("呼叫异常",)


def test_investigators_read_the_sentence_and_others_the_public_text(world: World) -> None:
    detail = FindingTexts(
        ("一小时内呼叫 31 人。", "规则"),
        ("Called 31 people.", "Rule"),
        "呼叫异常",
        "unusual calling",
        sentence_zh="一小时内呼叫 31 人。",
        sentence_en="Called 31 people.",
    )
    row = finding_row(world["carrier"], packed=pack(detail))
    analyst = world.viewer("carrier", Role.ANALYST)
    with override("en"):
        assert finding_sentence(row, analyst) == "Called 31 people."
        assert finding_sentence(row, world.viewer("carrier", Role.EXECUTOR)) == "unusual calling"
        with scoped_to(analyst):
            (shown,), _ = select_findings(row.subject, analyst)
        assert (shown.sentence, list(shown.details)) == ("Called 31 people.", ["Rule"])
    with override("zh-hans"):
        assert finding_sentence(row, analyst) == "一小时内呼叫 31 人。"
