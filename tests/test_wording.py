"""Texts for people use the words of the glossary and the punctuation of their language."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from fanzha.command.web.glossary import glossary

TOP = Path(__file__).resolve().parent.parent
SOURCES = TOP / "src" / "fanzha"
sys.path.insert(0, str(TOP / "tools"))

from catalogue.po import read_po  # noqa: E402

HAN = "\u4e00-\u9fff"
#: Formats and settings whose titles quote what stands in files, such as a column's header.
QUOTES_FILES = ("analyze", "events", "read", "rules", "run/samples", "screen")
LAWS = "反电信网络诈骗法|个人信息保护法|网络安全法|数据安全法|刑事诉讼法|行政处罚法|行政许可法|行政复议法|电信条例"


def strings_of(value: Any) -> Iterator[str]:
    """Yield all texts of a parsed YAML or TOML document."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from strings_of(part)
    elif isinstance(value, list):
        for part in value:
            yield from strings_of(part)


def words_of(module: str) -> Iterator[str]:
    """Yield the texts of all calls of `Words` in a module; what is filled in is left out."""
    for node in ast.walk(ast.parse(module)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Words":
            for argument in node.args:
                parts = argument.values if isinstance(argument, ast.JoinedStr) else [argument]
                yield "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in parts)


@cache
def texts() -> list[tuple[str, str]]:
    """Return the texts of catalogues, YAML and TOML files and Python modules, each with its file."""
    found: list[tuple[Path, str]] = []
    for path in SOURCES.rglob("*.po"):
        found += [(path, text) for message, text in read_po(path).items() for text in (*message[:2], text)]
    for path in (*SOURCES.rglob("*.yaml"), *SOURCES.rglob("*.toml")):
        parse = yaml.safe_load if path.suffix == ".yaml" else tomllib.loads
        if path.name != "glossary.yaml":
            found += [(path, text) for text in strings_of(parse(path.read_text("utf-8")))]
    for path in SOURCES.rglob("*.py"):
        if "Words(" in (module := path.read_text("utf-8")):
            found += [(path, text) for text in words_of(module)]
    return [(path.relative_to(SOURCES).as_posix(), text) for path, text in found]


def matching(pattern: str, *left_out: str) -> list[tuple[str, str]]:
    """Return the texts that match a pattern, outside the folders `left_out`."""
    expression = re.compile(pattern)
    return [(path, text) for path, text in texts() if expression.search(text) and not path.startswith(left_out)]


def test_the_texts_are_found() -> None:
    suffixes = {Path(path).suffix for path, _ in texts()}
    assert suffixes == {".po", ".py", ".toml", ".yaml"}
    assert len(texts()) > 5_000


@pytest.mark.parametrize(
    ("word", "term"), [(word, term.zh + " " + term.en) for term in glossary().values() for word in term.avoid]
)
def test_no_text_uses_a_word_that_the_glossary_avoids(word: str, term: str) -> None:
    pattern = word if re.search(f"[{HAN}]", word) else rf"(?i)\b{word}"
    assert matching(pattern) == [], f"write: {term}"


def test_chinese_has_full_width_punctuation() -> None:
    beside_han = rf"[{HAN}》][」”]?[,;:!?]|(?<![\w.])[,;:!?](?=[{HAN}《])|[{HAN}》]”? ?\(|\) ?[{HAN}《“]"
    assert matching(beside_han, *QUOTES_FILES) == []


def test_laws_stand_in_book_title_marks() -> None:
    assert matching(rf"(?<![《{HAN}])({LAWS})") == []


def test_readers_are_addressed_politely() -> None:
    """A sample sentence of a fraudster may say 你."""
    said = [(path, text) for path, text in matching("你") if "“" not in text]
    assert [(path, text) for path, text in said if not path.startswith(("detect", "simulate", "models"))] == []
