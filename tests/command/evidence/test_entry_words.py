"""Entries have names in both languages; those of processes are the processes' own."""

import ast
from collections.abc import Iterator
from pathlib import Path

import msgspec

import fanzha.command
from fanzha.base.words import Words
from fanzha.command.evidence.entry_words import KIND_WORDS, entry_words, facts_of, kind_words


def test_a_step_is_called_what_its_process_calls_it() -> None:
    facts = msgspec.json.encode({"process": "order", "event": "approve"}).decode()
    assert entry_words("step", facts).en.endswith("· Approve as second person")
    assert "·" in entry_words("step", facts).zh


def test_a_step_of_a_leg_has_a_name_too() -> None:
    facts = msgspec.json.encode({"process": "order", "event": "acknowledge"}).decode()
    assert entry_words("step", facts) != KIND_WORDS["step"]


def test_what_is_not_known_is_no_code() -> None:
    for facts in ("{}", '{"process":"none","event":"x"}', '{"process":"order","event":"none"}', "not json"):
        assert entry_words("step", facts) == KIND_WORDS["step"]
    assert kind_words("x_y") == Words("其他事项", "another act")


def test_facts_that_were_changed_into_something_else_are_none() -> None:
    assert facts_of("[1]") == {} and facts_of('{"a":1}') == {"a": 1}


def _kinds() -> Iterator[str]:
    """Every kind that is written out where a draft is made."""
    for path in Path(next(iter(fanzha.command.__path__))).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Draft":
                given = [word.value for word in node.keywords if word.arg == "kind"] or node.args[:1]
                yield from (str(one.value) for one in given if isinstance(one, ast.Constant))


def test_every_kind_that_is_put_on_record_has_a_name() -> None:
    kinds = set(_kinds())
    assert {"notice_delivered", "urged"} <= kinds
    assert kinds - KIND_WORDS.keys() == set(), "name it in entry_words"
