"""The page of retention is for administrators and privacy officers, in both languages."""

import pytest
from django.urls import reverse
from tests.command.people import World

from fanzha.command.web.roles import Role


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.PRIVACY_OFFICER])
@pytest.mark.parametrize(
    ("language", "words"), [("en", "Cybersecurity Law, Art. 21"), ("zh-hans", "《网络安全法》第二十一条")]
)
def test_the_page_shows_the_laws(world: World, role: Role, language: str, words: str) -> None:
    page = world.client("carrier", role, language=language).get(reverse("retention")).content.decode()
    assert words in page and ("Unmaskings" if language == "en" else "查看完整信息的记录") in page


def test_others_are_refused(world: World) -> None:
    assert world.client("carrier", Role.ANALYST).get(reverse("retention")).status_code == 403
