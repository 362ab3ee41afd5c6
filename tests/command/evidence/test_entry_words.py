"""Entries have names in both languages; those of processes are the processes' own."""

import ast
from collections.abc import Iterator
from pathlib import Path

import msgspec

import fanzha.command
from fanzha.base.words import Words
from fanzha.command.evidence.entry_words import KIND_WORDS, entry_words, kind_words, parse_facts


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
    assert parse_facts("[1]") == {} and parse_facts('{"a":1}') == {"a": 1}


def _sinks(tree: ast.Module) -> dict[str, int]:
    """Functions that put a kind on record which they are given, with the place of that argument."""
    counts = {"Draft": 0}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            names = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args) if argument.arg != "self"]
            if "kind" in names and any(
                isinstance(argument, ast.Name) and argument.id == "Draft" for argument in ast.walk(node)
            ):
                counts[node.name] = names.index("kind")
    return counts


def _kinds() -> Iterator[str]:
    """Every kind that is named where something is put on record."""
    trees = [ast.parse(path.read_text("utf-8")) for path in Path(next(iter(fanzha.command.__path__))).rglob("*.py")]
    sinks = {name: place for tree in trees for name, place in _sinks(tree).items()}
    for tree in trees:
        constants = [
            argument
            for argument in tree.body
            if isinstance(argument, ast.Assign) and isinstance(argument.value, ast.Constant)
        ]
        named = {getattr(constant.targets[0], "id", ""): constant.value.value for constant in constants}  # type: ignore[attr-defined]
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            name = getattr(call.func, "id", "") or getattr(call.func, "attr", "")
            if name not in sinks:
                continue
            arguments = [*call.args[sinks[name] :][:1], *(word.value for word in call.keywords if word.arg == "kind")]
            for argument in arguments:
                branches = [argument.body, argument.orelse] if isinstance(argument, ast.IfExp) else [argument]
                yield from (str(part.value) for part in branches if isinstance(part, ast.Constant))
                yield from (str(named[part.id]) for part in branches if isinstance(part, ast.Name) and part.id in named)


def test_every_kind_that_is_put_on_record_has_a_name() -> None:
    kinds = set(_kinds())
    assert {"step", "notice_delivered", "urged", "unmasking", "export_asked", "key_made"} <= kinds
    assert kinds - KIND_WORDS.keys() == set(), "name it in entry_words"
