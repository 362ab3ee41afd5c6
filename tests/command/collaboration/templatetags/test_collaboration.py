"""The tag renders the comments of a topic in the reader's language."""

import pytest
from tests.command.campaigns.factories import campaign
from tests.command.people import World

from fanzha.command.web.roles import Role

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("language", "words"), [("en", "No comments yet."), ("zh-hans", "暂无评论")])
def test_a_page_without_comments_says_so(world: World, language: str, words: str) -> None:
    row = campaign(world["carrier"], 1)
    client = world.client("carrier", Role.ANALYST, language=language)
    assert words in client.get(f"/campaigns/{row.ref}/").content.decode()
