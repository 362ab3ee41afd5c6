"""Values of dimensions and states are shown in words."""

import pytest
from django.utils.translation import override
from tests.command.people import World
from tests.command.research.research_world import agreement_of
from tests.command.research.table_world import asked

from fanzha.command.research.presenters import agreement_badge, table_notes, table_title, value_title

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


@pytest.mark.parametrize(
    ("name", "value", "zh", "en"),
    [
        ("fraud_type", "phishing", "钓鱼盗取信息", "phishing for credentials"),
        ("fraud_type", "prize", "虚假中奖", "fake prize"),
        ("ingress", "mobile", "本网移动", "own mobile"),
        ("outcome", "cleared", "排除嫌疑", "cleared"),
        ("month", "*", "全部", "all"),
        ("city", "四川:成都", "四川 成都", "四川 成都"),
    ],
    ids=["type", "another type", "ingress", "outcome", "total", "city"],
)
def test_values_are_shown_in_words(name: str, value: str, zh: str, en: str) -> None:
    for language, words in (("zh-hans", zh), ("en", en)):
        with override(language):
            assert value_title(name, value) == words


def test_the_notes_say_what_is_missing_and_what_it_is_for(world: World) -> None:
    agreement = agreement_of(world, least_cell=12)
    row = asked(world, agreement, ("fraud_type",))
    with override("en"):
        notes = " ".join(table_notes(row))
        assert "fewer than 12" in notes and "R-2026-1" in notes and "by fraud type" in table_title(row)
        assert agreement_badge(agreement).word == "in force"
