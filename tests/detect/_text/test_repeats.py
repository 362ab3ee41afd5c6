"""Copies are counted exactly within a bounded memory."""

from typing import Any

from fanzha.detect._text.repeats import EVENT_COLUMNS, MAX_CHARACTERS, TextRepeatCounter, first_copy

ROW: dict[str, Any] = {"simulated": False, "basis": None}


def test_copies_are_counted_apart_by_words_simulation_and_basis() -> None:
    repeats = TextRepeatCounter()
    for subject, row in (
        ("a", ROW),
        ("a", ROW),
        ("a", {**ROW, "simulated": True}),
        ("a", {**ROW, "basis": "contract"}),
    ):
        repeats.count(subject, row)
    assert [(entry.simulated, entry.basis, entry.copies) for entry in repeats.all()] == [
        (False, "", 2),
        (True, "", 1),
        (False, "contract", 1),
    ]


def test_the_text_not_seen_for_longest_is_given_back_when_there_is_no_room() -> None:
    repeats = TextRepeatCounter(capacity=2)
    evicted = [repeats.count(subject, ROW)[1] for subject in ("a", "b", "a", "c", "d")]
    assert [entry.subject if entry else "" for entry in evicted] == ["", "", "", "b", "a"]
    assert evicted[-1] is not None and evicted[-1].copies == 2


def test_a_kept_text_is_cut_and_nothing_else_of_the_event_is_kept() -> None:
    row = {**dict.fromkeys(EVENT_COLUMNS, "x"), "text": "字" * (MAX_CHARACTERS + 1), "recipient": "+8619100000001"}
    first = first_copy(row, 0.9)
    assert len(first.text) == MAX_CHARACTERS
    assert set(first.event) == set(EVENT_COLUMNS)
