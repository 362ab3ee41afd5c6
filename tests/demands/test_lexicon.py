"""The lexicon is complete in both languages, and its terms are found as folded texts have them."""

from collections import Counter

import pytest

from fanzha.demands.lexicon import (
    CLASSES,
    CONTEXT_CLASSES,
    MAX_CONCEPTS,
    MAX_CONTEXTS,
    DemandKind,
    edge_slot,
    load_concepts,
    load_term_index,
)


def test_every_concept_has_a_class_a_title_in_both_languages_and_terms() -> None:
    for concept in load_concepts():
        assert concept.concept_class in CLASSES
        assert concept.title.zh and concept.title.en and all(concept.terms)


def test_names_are_unique_and_there_is_room_for_the_concepts() -> None:
    concepts = load_concepts()
    assert max(Counter(concept.name for concept in concepts).values()) == 1
    assert len(concepts) <= MAX_CONCEPTS
    assert sum(concept.concept_class in CONTEXT_CLASSES for concept in concepts) <= MAX_CONTEXTS


def test_no_concept_repeats_a_term() -> None:
    for concept in load_concepts():
        assert len(set(concept.terms)) == len(concept.terms), concept.name


def test_each_kind_of_demand_has_terms_of_its_own() -> None:
    assert {concept.demand for concept in load_concepts()} - {None} == set(DemandKind)


def test_a_bare_number_is_a_number_and_nothing_else() -> None:
    index = load_term_index()
    node = index.roots[0xE000]
    assert [load_concepts()[number].name for number in index.concepts[index.first[node] :][: index.length[node]]] == [
        "number"
    ]


@pytest.mark.parametrize(
    ("term", "concept"), [("垫一下", "advance"), ("登录\ue003", "link_ask"), ("otp", "code_object")]
)
def test_the_index_leads_from_a_folded_term_to_its_concept(term: str, concept: str) -> None:
    index = load_term_index()
    node = int(index.roots[ord(term[0])])
    for sign in term[1:]:
        key = node << 20 | ord(sign)
        slot = edge_slot(key, index.keys.size - 1)
        while index.keys[slot] != key:
            assert index.keys[slot] != -1
            slot = (slot + 1) % index.keys.size
        node = int(index.targets[slot])
    numbers = index.concepts[index.first[node] : index.first[node] + index.length[node]]
    assert concept in {load_concepts()[number].name for number in numbers}
