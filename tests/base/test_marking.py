"""Markings are the TLP 2.0 labels, written as the standard writes them."""

from fanzha.base.marking import Marking


def test_labels_stand_from_closed_to_open() -> None:
    assert list(Marking) == ["TLP:RED", "TLP:AMBER+STRICT", "TLP:AMBER", "TLP:GREEN", "TLP:CLEAR"]


def test_a_label_is_read_from_its_own_text() -> None:
    assert Marking("TLP:AMBER+STRICT") is Marking.AMBER_STRICT
