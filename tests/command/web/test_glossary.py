"""The glossary names each thing once, and the titles of roles and organisations are those of the site."""

from collections import Counter

import pytest
from django.utils import translation

from fanzha.base.words import Words
from fanzha.command.web.glossary import GROUP_TITLES, Term, TermGroup, glossary, page_names
from fanzha.command.web.roles import KIND_TITLES, ROLE_TITLES
from fanzha.processes.roles import role_table

#: National and provincial regulators have titles of their own in the table.
_IN_TABLE = role_table().roles | {name: kind.title for name, kind in role_table().kinds.items() if "_" not in name}


@pytest.mark.parametrize("language", Words._fields)
def test_a_word_stands_for_one_thing(language: str) -> None:
    words = Counter(getattr(term, language).lower() for term in glossary().values())
    assert [word for word, many in words.items() if many > 1] == []


def test_every_term_is_explained_in_whole_sentences() -> None:
    wrong = [
        key
        for key, term in glossary().items()
        if not (term.about.zh.endswith("。") and term.about.en.endswith(".")) or term.zh in term.avoid
    ]
    assert wrong == []
    assert set(GROUP_TITLES) == set(TermGroup) == {term.group for term in glossary().values()}


@pytest.mark.parametrize(("language", "place"), [("zh-hans", 0), ("en", 1)])
def test_roles_and_organisations_have_the_titles_of_the_site(language: str, place: int) -> None:
    with translation.override(language):
        titles = {str(key): str(title).lower() for key, title in (ROLE_TITLES | KIND_TITLES).items()}
    assert titles == {key: glossary()[key].title[place].lower() for key in titles}


def test_roles_and_organisations_have_the_titles_of_the_processes() -> None:
    assert {key: words.zh for key, words in _IN_TABLE.items()} == {key: glossary()[key].zh for key in _IN_TABLE}


def test_headings_and_labels_that_a_term_explains_are_its_name_its_plural_and_what_the_file_says() -> None:
    term = Term(TermGroup.THING, "申诉", "Appeal", Words("。", "."), also=("Appeals for targets", "对象申诉"))
    assert page_names(term, "en") == {"appeal", "appeals", "appeals for targets", "对象申诉"}
    assert page_names(term, "zh-hans") == {"申诉", "appeals for targets", "对象申诉"}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_heading_is_explained_by_one_term(language: str) -> None:
    names = Counter(name for term in glossary().values() for name in page_names(term, language))
    assert [name for name, many in names.items() if many > 1] == []
