"""Copies are counted exactly within a bounded memory."""

from typing import Any

from fanzha.detect._text.repeats import KEPT, LONGEST, Repeats, first_of

ROW: dict[str, Any] = {"simulated": False, "basis": None}


def test_copies_are_counted_apart_by_words_simulation_and_basis() -> None:
    repeats = Repeats()
    for subject, row in (
        ("a", ROW),
        ("a", ROW),
        ("a", {**ROW, "simulated": True}),
        ("a", {**ROW, "basis": "contract"}),
    ):
        repeats.count(subject, row)
    assert [(one.simulated, one.basis, one.copies) for one in repeats.all()] == [
        (False, "", 2),
        (True, "", 1),
        (False, "contract", 1),
    ]


def test_the_text_not_seen_for_longest_is_given_back_when_there_is_no_room() -> None:
    repeats = Repeats(most=2)
    gone = [repeats.count(subject, ROW)[1] for subject in ("a", "b", "a", "c", "d")]
    assert [one.subject if one else "" for one in gone] == ["", "", "", "b", "a"]
    assert gone[-1] is not None and gone[-1].copies == 2


def test_a_kept_text_is_cut_and_nothing_else_of_the_event_is_kept() -> None:
    row = {**dict.fromkeys(KEPT, "x"), "text": "字" * (LONGEST + 1), "recipient": "+8619100000001"}
    first = first_of(row, 0.9)
    assert len(first.text) == LONGEST
    assert set(first.event) == set(KEPT)
