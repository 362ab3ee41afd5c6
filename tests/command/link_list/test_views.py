"""Anybody gets the list, what changed since a version, and whole hashes by prefix; nobody is remembered."""

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.test import Client
from tests.command.link_list.listed_sites import decide, publish, refresh
from tests.command.people import World

from fanzha.claims.hash_list import RiceDeltas, decode_rice, list_checksum
from fanzha.claims.treatment import Treatment
from fanzha.claims.url_expressions import url_hash
from fanzha.command.link_list import views
from fanzha.command.web.request_rates import RequestRate

V5 = "/link-list/v5"


def get(path: str, **query: Any) -> Any:
    answer = Client().get(f"{V5}/{path}", query)
    assert not answer.cookies and answer["Access-Control-Allow-Origin"] == "*"
    return json.loads(answer.content) if answer.status_code == 200 else answer.status_code


def numbers(answer: Any, name: str) -> list[int]:
    part = answer.get(name)
    if part is None:
        return []
    data = base64.b64decode(part["encodedData"])
    found = decode_rice(RiceDeltas(part["firstValue"], part["riceParameter"], part["entriesCount"], data))
    return [int(number) for number in found]


def checksum(prefixes: list[int]) -> str:
    return base64.b64encode(list_checksum(np.array(sorted(prefixes), np.uint32))).decode()


def prefix(expression: str) -> int:
    return int.from_bytes(url_hash(expression)[:4], "big")


@pytest.fixture
def published(world: World, home: Path) -> World:
    publish(home, world, '[appeals]\naddress = "https://appeals.example/"\nhotline = "+861010000"\n')
    for host in ("one.example", "two.example", "three.example"):
        decide(world, host)
    refresh()
    return world


def test_the_list_comes_whole_and_then_by_its_changes(published: World) -> None:
    hosts = [prefix(f"{name}.example/") for name in ("one", "two", "three")]
    whole = get("hashList/se-4b")
    assert numbers(whole, "additionsFourBytes") == sorted(hosts) and not whole["partialUpdate"]
    assert whole["sha256Checksum"] == checksum(hosts) and whole["minimumWaitDuration"] == "60s"
    same = get("hashList/se-4b", version=whole["version"])
    assert same["partialUpdate"] and same["sha256Checksum"] == whole["sha256Checksum"]
    assert "additionsFourBytes" not in same and "compressedRemovals" not in same
    decide(published, "four.example")
    refresh()
    later = get("hashLists:batchGet", names="se-4b", version=whole["version"])["hashLists"][0]
    assert numbers(later, "additionsFourBytes") == [prefix("four.example/")] and later["partialUpdate"]
    assert later["version"] != whole["version"] and later["sha256Checksum"] == checksum(
        [*hosts, prefix("four.example/")]
    )


def test_a_version_of_nobody_gets_the_whole_list(published: World) -> None:
    whole = get("hashList/se-4b")
    token = base64.b64decode(whole["version"])
    unknown = [b"\0" * 16, token[:8] + b"\0" * 8, token[:8] + b"\xff" * 8, b"x", token + b"x"]
    for version in [*(base64.b64encode(text).decode() for text in unknown), "%%%", "ü"]:
        assert get("hashList/se-4b", version=version) == whole
    assert get("hashList/se-4b", version=base64.urlsafe_b64encode(token).decode().rstrip("="))["partialUpdate"]


def test_whole_hashes_come_by_prefix_with_what_clients_show(published: World) -> None:
    decide(published, "label.example", Treatment.LABEL)
    refresh()
    asked = [base64.b64encode(url_hash(f"{name}.example/")[:4]).decode() for name in ("one", "label", "other")]
    answer = get("hashes:search", hashPrefixes=asked)
    found = {base64.b64decode(entry["fullHash"]): entry["fullHashDetails"][0] for entry in answer["fullHashes"]}
    assert found.keys() == {url_hash("one.example/"), url_hash("label.example/")}
    assert found[url_hash("one.example/")]["action"] == "block" and answer["cacheDuration"] == "300s"
    detail = found[url_hash("label.example/")]
    assert (detail["threatType"], detail["action"]) == ("SOCIAL_ENGINEERING", "warn")
    assert answer["appeal"] == {"address": "https://appeals.example/", "hotline": "+861010000", "email": ""}


def test_an_empty_list_is_a_list(world: World, home: Path) -> None:
    publish(home, world)
    for _ in range(2):  # before and after the first run of the job
        answer = get("hashList/se-4b")
        assert answer["sha256Checksum"] == checksum([]) and "additionsFourBytes" not in answer
        refresh()


def test_lists_are_named(published: World) -> None:
    (only,) = get("hashLists")["hashLists"]
    assert only["name"] == "se-4b" and only["metadata"]["hashLength"] == "FOUR_BYTES"


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("hashList/mw-4b", {}, 404),
        ("hashLists:batchGet", {"names": ["se-4b", "mw-4b"]}, 404),
        ("hashLists:batchGet", {"names": ["se-4b", "se-4b"]}, 400),
        ("hashLists:batchGet", {}, 400),
        ("hashList/se-4b", {"sizeConstraints.maxUpdateEntries": "10"}, 400),
        ("hashes:search", {}, 400),
        ("hashes:search", {"hashPrefixes": "AAAA"}, 400),
        ("hashes:search", {"hashPrefixes": "%%%%"}, 400),
        ("hashes:search", {"hashPrefixes": ["AAAAAA"] * 101}, 400),
    ],
    ids=["list", "one of two", "twice", "none", "sizes", "no prefix", "three bytes", "no base64", "too many"],
)
def test_what_cannot_be_answered_is_refused(published: World, path: str, query: dict[str, Any], status: int) -> None:
    assert get(path, **query) == status


def test_who_asks_too_often_waits(published: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "UPDATES", RequestRate("link list", 2, 60.0))
    assert [Client().get(f"{V5}/hashLists").status_code for _ in range(3)] == [200, 200, 429]
    assert get("hashes:search", hashPrefixes="AAAAAA==")["fullHashes"] == [], "questions are counted apart"


def test_without_the_setting_nothing_is_there(world: World, home: Path) -> None:
    assert {Client().get(f"{V5}/{path}").status_code for path in ("hashLists", "hashList/se-4b")} == {404}
    assert Client().post(f"{V5}/hashLists").status_code == 405
