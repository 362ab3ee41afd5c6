"""Nobody can make this site ask systems within networks: not by an address, a name, or a name that changes."""

import socket
from pathlib import Path
from typing import Any

import pytest

from fanzha.command.webhooks.addresses import NotReached, checked_url, resolved
from fanzha.processes.refusal import Refusal

WITHIN = ["127.0.0.1", "10.1.2.3", "192.168.0.9", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::1", "fd00::1"]


@pytest.mark.parametrize(
    "url",
    ["http://a.example/", "ftp://a.example/", "https://", "https://u:p@a.example/", "https://a.example/#x", "x", "",
     "https://a.example:99999/", "https://a example/", "https://例.example/", "https://[::1",
     "https://a.example/" + "x" * 400],
)  # fmt: skip
def test_an_address_that_is_not_well_formed_is_refused(url: str) -> None:
    with pytest.raises(Refusal) as refused:
        checked_url(url)
    assert refused.value.fields["url"].zh


@pytest.mark.parametrize("address", WITHIN)
def test_an_address_within_is_refused_until_the_operator_allows_it(home: Path, address: str) -> None:
    url = f"https://[{address}]/" if ":" in address else f"https://{address}/"
    with pytest.raises(Refusal, match="within a network"):
        checked_url(url)
    (home / "fanzha.toml").write_text("[webhooks]\nprivate_addresses = true\n", "utf-8")
    assert checked_url(f" {url} ") == url and checked_url("http://10.0.0.1:8080/x") == "http://10.0.0.1:8080/x"


@pytest.mark.parametrize("address", [*WITHIN, "::ffff:10.0.0.1"])
def test_a_name_that_leads_within_is_not_asked(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """Also when only one of its addresses does."""

    def found(*_: Any, **__: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in ("203.0.114.9", address)]

    monkeypatch.setattr(socket, "getaddrinfo", found)
    with pytest.raises(NotReached, match="within a network"):
        resolved("a.example", 443)


def test_the_address_that_was_looked_at_is_the_one_that_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", ("8.8.4.4", 443))])
    assert resolved("a.example", 443) == "8.8.4.4"


def test_a_name_that_nobody_has_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(NotReached, match="not found"):
        resolved("a.example", 443)
