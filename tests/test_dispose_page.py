"""What the pages on disposal show is so: the channel runs, the messages are those that are built and read."""

import json
import re
from pathlib import Path

import pytest
from tests.dispose.test_leg_message import message
from tests.worked_examples import TOP, check_style, lay_down, run, run_its_tests

from fanzha.dispose import Action, AnswerState, example_order
from fanzha.dispose._leg_message import leg_payload
from fanzha.dispose._rows import ANSWER_COLUMNS, ORDER_COLUMNS
from fanzha.dispose._wire import order_payload, parse_answers

PAGE = TOP / "docs" / "how-to" / "add-a-dispose-channel.md"

REFERENCE = TOP / "docs" / "reference" / "dispose.md"


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    return lay_down(PAGE, tmp_path, "resolver_zone", "fanzha.dispose", "CHANNEL")


def test_the_channel_of_the_page_passes_the_tests_of_every_channel(installed: Path) -> None:
    out = run(installed, "pytest", "-q", "-k", "resolver_zone", TOP / "tests" / "dispose")
    assert re.search(r"7 passed", out), out


def test_the_test_of_the_page_passes(installed: Path) -> None:
    assert "1 passed" in run_its_tests(installed)


def test_the_code_of_the_page_keeps_the_house_style(installed: Path) -> None:
    check_style(installed)


def test_the_messages_of_the_reference_are_those_that_are_built_and_read() -> None:
    text = REFERENCE.read_text("utf-8")
    order, answer, leg, leg_answer = (json.loads(one) for one in re.findall(r"^```json\n(.*?)^```", text, re.M | re.S))
    assert leg.keys() == leg_payload(message()).keys()
    assert [one.state for one in parse_answers(json.dumps(leg_answer).encode())] == [AnswerState.EXECUTED]
    assert order == order_payload(example_order(Action.REFUSE, ("phone_number", "+8617000000001")))
    assert [one.state for one in parse_answers(json.dumps(answer).encode())] == [*AnswerState]
    for columns in (ORDER_COLUMNS, ANSWER_COLUMNS):
        assert f"`{','.join(columns)}`" in text
