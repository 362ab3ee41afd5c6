"""A client keeps a list, asks by prefix alone and only at a hit, and notices what is damaged."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.collect.served_links import NOW, SITE, ListServer, list_server

from fanzha.base.errors import Malformed
from fanzha.claims.url_expressions import url_hash
from fanzha.collect.link_check import DECOYS, LinkChecker, ListDamaged, cache_folder
from fanzha.store.link_list import LinkAction

HOSTS = [f"host{number}.example" for number in range(40)]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ListServer]:
    with list_server(tmp_path / "site") as served:
        yield served


class Clock:
    """A clock that a test sets, in seconds since 1970."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


def checker(server: ListServer, tmp_path: Path, clock: Clock | None = None) -> LinkChecker:
    return LinkChecker(SITE, tmp_path / "cache", fetch=server.fetch, clock=clock or Clock())


def test_the_list_is_loaded_and_then_updated_by_what_changed(server: ListServer, tmp_path: Path) -> None:
    server.list(*HOSTS)
    client = checker(server, tmp_path)
    assert client.is_due and client.updated_at is None
    assert client.update() == (40, 0, 40, True)
    server.withdraw(HOSTS[3], HOSTS[7])
    server.list("new.example")
    again = checker(server, tmp_path)  # as a later run reads it
    assert again.entries == 40 and again.updated_at == NOW and not again.is_due
    assert again.update() == (39, 2, 1, False)
    assert again.check("http://new.example/a") and not again.check(f"http://{HOSTS[3]}/")


def test_a_link_is_asked_about_at_a_hit_alone_by_four_bytes_among_others(server: ListServer, tmp_path: Path) -> None:
    server.list(*HOSTS)
    client = checker(server, tmp_path)
    client.update()
    server.asked.clear()
    assert client.check("https://honest.example/secret?who=me") is None and server.asked == []
    verdict = client.check("https://user:word@www.host5.example:8443/secret?who=me")
    assert verdict is not None
    assert (verdict.action, verdict.fraud_type, verdict.expression) == ("block", "phishing", "host5.example/")
    assert verdict.title.zh and verdict.title.en
    (address,) = server.asked
    asked = [base64.b64decode(text) for text in parse_qs(urlsplit(address).query)["hashPrefixes"]]
    assert url_hash("host5.example/")[:4] in asked and 1 < len(asked) <= 1 + DECOYS
    assert {len(prefix) for prefix in asked} == {4} and "secret" not in address and "host5" not in address


def test_what_is_asked_beside_a_prefix_stays_the_same(server: ListServer, tmp_path: Path) -> None:
    server.list(*HOSTS)
    asked = set()
    for _ in range(3):
        client = checker(server, tmp_path)
        client.update()
        client.check("http://host5.example/")
        asked.add(frozenset(parse_qs(urlsplit(server.asked[-1]).query)["hashPrefixes"]))
    assert len(asked) == 1
    other = LinkChecker(SITE, tmp_path / "other", fetch=server.fetch, clock=Clock())
    other.update()
    other.check("http://host5.example/")
    assert frozenset(parse_qs(urlsplit(server.asked[-1]).query)["hashPrefixes"]) not in asked


def test_an_answer_is_kept_for_its_time(server: ListServer, tmp_path: Path) -> None:
    server.list("host.example")
    clock = Clock()
    client = checker(server, tmp_path, clock)
    client.update()
    server.asked.clear()
    assert client.check("http://host.example/a") == client.check("http://host.example/b")
    assert len(server.asked) == 1
    clock.now += 301
    client.check("http://host.example/")
    assert len(server.asked) == 2


def test_a_prefix_without_the_whole_hash_is_no_hit(server: ListServer, tmp_path: Path) -> None:
    server.list("host.example")
    client = checker(server, tmp_path)
    client.update()
    server.withdraw("host.example")
    assert client.check("http://host.example/") is None


def test_the_strictest_part_counts(server: ListServer, tmp_path: Path) -> None:
    server.list("www.host.example", action=LinkAction.WARN)
    client = checker(server, tmp_path)
    client.update()
    verdict = client.check("http://www.host.example/")
    assert verdict is not None and verdict.action == "warn"
    server.list("host.example")
    client.update()
    verdict = client.check("http://www.host.example/")
    assert verdict is not None and (verdict.action, verdict.expression) == ("block", "host.example/")


def test_a_damaged_list_is_loaded_whole_again(server: ListServer, tmp_path: Path) -> None:
    server.list(*HOSTS)
    client = checker(server, tmp_path)
    client.update()
    for name in ("prefixes.bin", "state.json"):
        path = client.folder / name
        path.write_bytes(path.read_bytes()[:-4])
        again = checker(server, tmp_path)
        assert again.entries == 0 and again.update().is_whole
    client._prefixes = client._prefixes[1:]
    server.list("new.example")
    assert client.update() == (41, 0, 41, True)


@pytest.mark.parametrize(
    "change",
    [
        {"sha256Checksum": base64.b64encode(bytes(32)).decode()},
        {"sha256Checksum": 5},
        {"additionsFourBytes": {"firstValue": "many"}},
        {"additionsFourBytes": {"entriesCount": 2**31 - 1, "riceParameter": 3, "encodedData": "AAAA"}},
        {"additionsFourBytes": []},
        {"compressedRemovals": {"firstValue": 500}, "partialUpdate": True},
        {"minimumWaitDuration": "long"},
        {"version": "%"},
    ],
    ids=["checksum", "number", "text", "huge", "array", "removals", "duration", "version"],
)
def test_an_answer_that_cannot_be_used_leaves_the_list_alone(
    server: ListServer, tmp_path: Path, change: dict[str, object]
) -> None:
    server.list(*HOSTS)
    answer = json.loads(server.fetch(f"{SITE}/v5/hashList/se-4b")) | change
    client = LinkChecker(SITE, tmp_path / "cache", fetch=lambda address: json.dumps(answer).encode())
    with pytest.raises(ListDamaged):
        client.update()
    assert client.entries == 0 and not client.folder.exists()


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null"], ids=["empty", "page", "array", "null"])
def test_what_is_no_answer_is_refused(tmp_path: Path, body: bytes) -> None:
    client = LinkChecker(SITE, tmp_path, fetch=lambda address: body)
    with pytest.raises(ListDamaged):
        client.update()


def test_an_unreachable_site_is_an_error_and_the_list_stays(server: ListServer, tmp_path: Path) -> None:
    server.list("host.example")
    client = checker(server, tmp_path)
    client.update()
    server.is_down = True
    with pytest.raises(OSError, match="no answer"):
        client.update()
    assert client.entries == 1 and client.check("http://honest.example/") is None
    with pytest.raises(OSError, match="no answer"):
        client.check("http://host.example/")


def test_a_site_is_an_address_and_a_link_has_a_host(server: ListServer, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="https://"):
        LinkChecker("site.example")
    with pytest.raises(Malformed):
        checker(server, tmp_path).check("no host")


def test_lists_stand_in_the_cache_of_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "fanzha" / "link-list"
    folders = {LinkChecker(site).folder for site in (SITE, f"{SITE}/", "https://other.example")}
    assert len(folders) == 2 and {folder.parent for folder in folders} == {cache_folder()}
