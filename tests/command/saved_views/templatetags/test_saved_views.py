"""The bar of views in the reader's language."""

import pytest
from tests.command.people import World

from fanzha.command.web.roles import Role

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("language", "words"), [("en", "Save this view"), ("zh-hans", "保存当前视图")])
def test_the_bar_is_in_the_readers_language(world: World, language: str, words: str) -> None:
    client = world.client("carrier", Role.ANALYST, language=language)
    assert words in client.get("/campaigns/?show=late").content.decode()
