"""The tour and the words of the pages are there in both languages, offered at home and in the help menu."""

import pytest
from tests.command.people import World

from fanzha.command.web.glossary import glossary
from fanzha.command.web.roles import Role


@pytest.mark.parametrize(
    ("language", "title", "next_word"), [("en", "The analyst's desk", "Next"), ("zh-hans", "研判员工作台", "下一步")]
)
def test_the_tour_is_listed_and_given_to_scripts_in_the_readers_language(
    world: World, language: str, title: str, next_word: str
) -> None:
    client = world.client("carrier", Role.ANALYST, language=language)
    page, steps = client.get("/tour/").content.decode(), client.get("/tour/steps/").json()
    assert title.replace("'", "&#x27;") in page
    assert all(step["url"] in page for step in steps["steps"])
    assert (steps["desk"], steps["words"]["next"]) == ("analyst", next_word)


def test_the_tour_is_offered_at_home_and_in_the_help_menu_of_each_page(world: World) -> None:
    client = world.client("carrier", Role.ANALYST)
    home = client.get("/").content.decode()
    assert 'data-tour-url="/tour/steps/"' in home
    assert home.count('href="/tour/"') == 2
    assert 'href="/tour/"' in client.get("/words/").content.decode()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_each_word_has_its_meaning_at_an_address_of_its_own(world: World, language: str) -> None:
    page = world.client("carrier", Role.ANALYST, language=language).get("/words/").content.decode()
    assert all(f'id="word-{key}"' in page for key in glossary())
    assert ("研判结论" if language != "en" else "Verdict") in page


@pytest.mark.parametrize(
    ("language", "names"),
    [("en", {"verdict", "verdict, and why", "findings"}), ("zh-hans", {"研判结论", "线索"})],
)
def test_terms_are_given_with_the_headings_that_they_explain(world: World, language: str, names: set[str]) -> None:
    client = world.client("carrier", Role.ANALYST, language=language)
    answer = client.get("/words/terms/")
    terms = answer.json()["terms"]
    assert names <= {name for term in terms for name in term["names"]}
    assert all(term["about"] and term["url"] == f"/words/#word-{term['key']}" for term in terms)
    assert "private" in answer["Cache-Control"]
    assert f'data-terms-url="/words/terms/?{language}"' in client.get("/words/").content.decode()
