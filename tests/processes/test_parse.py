"""A process is read from its text whole or not at all, and every fault is told at once."""

import pytest

from fanzha.processes import all_processes, parse_process
from fanzha.processes._yaml.faults import WrongText

ORDER = all_processes()["order"].text


def test_the_text_is_kept_and_reads_the_same_again() -> None:
    order = parse_process(ORDER, "order.yaml")
    assert order.text == ORDER
    assert order == all_processes()["order"]


def test_faults_of_shape_are_told_together_with_line_and_place() -> None:
    wrong = ORDER.replace("type: choice", "type: chosen", 1).replace("sourced: false", "sourced: perhaps", 1)
    with pytest.raises(WrongText) as caught:
        parse_process(wrong, "order.yaml")
    places = [fault.key_path for fault in caught.value.faults]
    assert ("events", "draft", "evidence", "target_kind", "type") in places
    assert ("deadlines", "second_person", "sourced") in places
    line = wrong[: wrong.index("type: chosen")].count("\n") + 1
    assert f"order.yaml:{line} " in str(caught.value)


@pytest.mark.parametrize("text", ["", "- a", "name: 1"])
def test_what_is_no_process_is_told_so(text: str) -> None:
    with pytest.raises(WrongText):
        parse_process(text, "x.yaml")


def test_unknown_keys_are_refused() -> None:
    with pytest.raises(WrongText, match="colour"):
        parse_process(ORDER + "\ncolour: red\n", "order.yaml")
