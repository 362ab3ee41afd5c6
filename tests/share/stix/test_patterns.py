"""Patterns that name values are read; whatever else a pattern says is not used, and no pattern takes long."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stix2patterns.validator import validate

from fanzha.share.stix.patterns import MAX_ALTERNATIVES, parse_pattern, split_path, write_pattern

HASH = "file:hashes.'SHA-256'"


@given(value=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60))
def test_a_written_value_is_read_again_and_is_a_pattern_of_the_standard(value: str) -> None:
    pattern = write_pattern({"domain-name:value": value})
    assert parse_pattern(pattern) == [{"domain-name:value": value}]


def test_the_validator_of_the_standard_accepts_what_we_write() -> None:
    for terms in ({"domain-name:value": "o'hara\\.example"}, {HASH: "0a" * 32}, {"a-b:c": "x", "a-b:d": "y"}):
        assert validate(write_pattern(terms))


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("[domain-name:value = 'a.example'] OR [ipv4-addr:value='203.0.113.7']",
         [{"domain-name:value": "a.example"}, {"ipv4-addr:value": "203.0.113.7"}]),
        ("[domain-name:value = 'a.example' OR domain-name:value = 'b.example']",
         [{"domain-name:value": "a.example"}, {"domain-name:value": "b.example"}]),
        (f"[{HASH} = '0a' AND file:name = 'x.apk']", [{HASH: "0a", "file:name": "x.apk"}]),
        ("[autonomous-system:number = 64500]", [{"autonomous-system:number": "64500"}]),
    ],
)  # fmt: skip
def test_alternatives_are_read(pattern: str, expected: list[dict[str, str]]) -> None:
    assert parse_pattern(pattern) == expected


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "domain-name:value = 'a.example'",
        "[domain-name:value = 'a.example'",
        "[domain-name:value = 'a.example']]",
        "[domain-name:value != 'a.example']",
        "[domain-name:value LIKE '%.example']",
        "[NOT domain-name:value = 'a.example']",
        "[domain-name:value = 'a'] AND [domain-name:value = 'b']",
        "[domain-name:value = 'a'] FOLLOWEDBY [domain-name:value = 'b']",
        "[domain-name:value = 'a'] REPEATS 5 TIMES",
        "[domain-name:value = 'a' AND domain-name:value = 'b']",
        "[a-b:c = 'a' AND a-b:d = 'b' OR a-b:e = 'c']",
        "[]",
    ],
)
def test_whatever_says_more_than_values_is_not_used(pattern: str) -> None:
    assert parse_pattern(pattern) == []


def test_hostile_patterns_end_at_once() -> None:
    many = " OR ".join(["[a-b:c = 'x']"] * (MAX_ALTERNATIVES + 1))
    hostile = ["[" * 60_000, " " * 60_000, "[a-b:c = '" + "\\'" * 30_000, "'" * 60_000, "[a-b:" + "a" * 60_000, many]
    began = time.perf_counter()
    assert [parse_pattern(pattern) for pattern in hostile] == [[]] * len(hostile)
    assert time.perf_counter() - began < 2


def test_a_path_is_split_at_the_dots_outside_quotes() -> None:
    assert split_path(HASH) == ("file", ["hashes", "SHA-256"])
