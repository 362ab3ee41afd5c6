"""Certificates are fetched apart from calls, once, and kept as long as they may be; faults are kept a minute."""

import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep

import pytest
from tests.screen.stir.signers import (
    NOW,
    NOW_MS,
    URL,
    Repository,
    auth_list,
    made_intermediate,
    made_root,
    made_signer,
    make_cache,
    make_root,
    provider_code,
)

from fanzha.base.outgoing_request import AddressRefused, RequestFailed, ResponseTooLarge
from fanzha.screen.stir import certificate_cache
from fanzha.screen.stir.certificate_cache import MAX_FAULTS, MAX_PENDING, RETRY_MS, CertificateCache
from fanzha.screen.stir.certificate_chain import SignerCredential, TrustAnchors


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = monotonic() + 10
    while not condition():
        assert monotonic() < deadline, "it did not happen"
        sleep(0.002)


def settle(cache: CertificateCache, url: str = URL, at: int = NOW_MS) -> SignerCredential | str:
    """Ask, wait for the fetch, and ask again."""
    assert cache.find(url, at) == "certificate_pending"
    wait_for(lambda: cache.find(url, at) != "certificate_pending")
    return cache.find(url, at)


def test_the_first_call_does_not_wait_and_the_next_has_the_certificate() -> None:
    repository = Repository({URL: made_signer().pem})
    cache = make_cache(repository)
    credential = settle(cache)
    assert isinstance(credential, SignerCredential) and credential.authority.provider_codes == ("123A",)
    assert repository.asked == [URL] and len(cache) == 1


def test_calls_that_come_together_cause_one_fetch() -> None:
    gate, asked = threading.Event(), list[str]()

    def fetch(url: str) -> tuple[bytes, Mapping[str, str]]:
        asked.append(url)
        gate.wait(10)
        return made_signer().pem, {}

    cache = CertificateCache(TrustAnchors([made_root().certificate]), fetch, keep_ms=86_400_000, clock=lambda: NOW_MS)
    assert {cache.find(URL, NOW_MS) for _ in range(50)} == {"certificate_pending"}
    gate.set()
    wait_for(lambda: len(cache) == 1)
    assert asked == [URL]


def test_addresses_beyond_the_limit_are_not_fetched_at_once() -> None:
    gate = threading.Event()

    def fetch(url: str) -> tuple[bytes, Mapping[str, str]]:
        gate.wait(10)
        raise RequestFailed("no answer")

    cache = CertificateCache(TrustAnchors([made_root().certificate]), fetch, keep_ms=86_400_000)
    for number in range(MAX_PENDING + 7):
        assert cache.find(f"https://c{number}.example/", NOW_MS) == "certificate_pending"
    assert cache.skipped == 7
    gate.set()
    cache.close()


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (RequestFailed("HTTP 404"), "certificate_unavailable"),
        (AddressRefused("within a network"), "bad_address"),
        (ResponseTooLarge("more than 65536 bytes"), "certificate_rejected"),
        (ZeroDivisionError("a fault of ours"), "certificate_unavailable"),
    ],
)
def test_a_fault_is_kept_and_asked_again_after_a_minute(error: Exception, reason: str) -> None:
    asked = list[str]()

    def fetch(url: str) -> tuple[bytes, Mapping[str, str]]:
        asked.append(url)
        raise error

    cache = CertificateCache(TrustAnchors([made_root().certificate]), fetch, keep_ms=86_400_000, clock=lambda: NOW_MS)
    assert settle(cache) == reason
    assert cache.find(URL, NOW_MS + RETRY_MS - 1) == reason and len(asked) == 1
    assert cache.find(URL, NOW_MS + RETRY_MS) == reason
    wait_for(lambda: len(asked) == 2)


def test_a_chain_that_is_not_trusted_is_rejected() -> None:
    other = make_root("Other Root").issue("carrier", auth_list(provider_code("1")))
    assert settle(make_cache(Repository({URL: other.pem}))) == "certificate_rejected"


@pytest.mark.parametrize(
    "url",
    ["http://certificates.example/a.pem", "https://certificates.example:22/", "https://other.example/a.pem", "x"],
)
def test_an_address_that_is_not_permitted_is_never_asked(url: str) -> None:
    repository = Repository({url: made_signer().pem})
    cache = make_cache(repository, hosts=("certificates.example",))
    assert cache.find(url, NOW_MS) == "bad_address"
    assert repository.asked == []


@pytest.mark.parametrize("host", ["certificates.example", "A.Certificates.Example"])
def test_a_permitted_host_stands_for_those_below_it(host: str) -> None:
    cache = make_cache(Repository({}), hosts=("certificates.example",))
    assert cache.find(f"https://{host}/", NOW_MS) == "certificate_pending"
    assert cache.find("https://notcertificates.example/", NOW_MS) == "bad_address"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ({}, 86_400),
        ({"cache-control": "max-age=600"}, 600),
        ({"cache-control": "public, max-age=999999999"}, 86_400),
        ({"cache-control": "max-age=0"}, RETRY_MS // 1_000),
        ({"cache-control": "no-transform"}, 86_400),
    ],
)
def test_a_certificate_is_fetched_again_when_its_time_is_over(header: dict[str, str], seconds: int) -> None:
    repository = Repository({URL: made_signer().pem}, header)
    cache = make_cache(repository)
    settle(cache)
    due = NOW_MS + 1_000 * seconds
    assert isinstance(cache.find(URL, due - 1), SignerCredential) and len(repository.asked) == 1
    assert isinstance(cache.find(URL, due), SignerCredential), "it serves until the new one has come"
    wait_for(lambda: len(repository.asked) == 2)


def test_a_certificate_serves_while_its_repository_is_down_but_not_when_it_is_replaced_by_a_bad_one() -> None:
    at = [NOW_MS]
    repository = Repository({URL: made_signer().pem})
    cache = make_cache(repository, clock=lambda: at[0])
    settle(cache)
    chain, at[0] = repository.chains.pop(URL), NOW_MS + 86_400_000
    cache.find(URL, at[0])
    wait_for(lambda: cache.failed == 1)
    assert isinstance(cache.find(URL, at[0]), SignerCredential)
    repository.chains[URL] = chain[:-200]
    at[0] += RETRY_MS
    cache.find(URL, at[0])
    wait_for(lambda: cache.find(URL, at[0]) == "certificate_rejected")


def test_an_expired_certificate_does_not_serve() -> None:
    short = made_intermediate().issue("carrier", auth_list(provider_code("1")), end=NOW + timedelta(hours=1))
    cache = make_cache(Repository({URL: short.pem}))
    settle(cache)
    assert cache.find(URL, NOW_MS + 3_600_000) == "certificate_pending"


def test_a_new_process_knows_the_certificates_of_the_one_before(tmp_path: Path) -> None:
    settle(make_cache(Repository({URL: made_signer().pem}), folder=tmp_path))
    wait_for(lambda: len(list(tmp_path.glob("*.chain"))) == 1)
    (tmp_path / "damaged.chain").write_bytes(b"x")
    repository = Repository({})
    cache = make_cache(repository, folder=tmp_path)
    cache.load()
    wait_for(lambda: isinstance(cache.find("https://unknown.example/", NOW_MS), str) and len(cache) == 1)
    assert isinstance(cache.find(URL, NOW_MS), SignerCredential)
    assert URL not in repository.asked
    wait_for(lambda: not (tmp_path / "damaged.chain").exists())


def test_a_stored_chain_of_a_root_that_is_not_trusted_any_more_is_dropped(tmp_path: Path) -> None:
    settle(make_cache(Repository({URL: made_signer().pem}), folder=tmp_path))
    wait_for(lambda: len(list(tmp_path.glob("*.chain"))) == 1)
    cache = CertificateCache(
        TrustAnchors([make_root("New Root").certificate]),
        Repository({}).fetch,
        keep_ms=1,
        folder=tmp_path,
        clock=lambda: NOW_MS,
    )
    cache.load()
    wait_for(lambda: not list(tmp_path.glob("*.chain")))
    assert len(cache) == 0


def test_faults_do_not_grow_without_limit() -> None:
    cache = make_cache(Repository({}))
    for number in range(MAX_FAULTS + 10):
        url = f"https://c{number}.example/"
        while cache.find(url, NOW_MS) == "certificate_pending" and cache.skipped:
            sleep(0.0002)
    wait_for(lambda: not cache._pending)
    assert len(cache._faults) <= MAX_FAULTS
    assert isinstance(settle(make_cache(Repository({URL: made_signer().pem}))), SignerCredential)


def test_copies_of_a_chain_under_many_addresses_displace_no_signer_and_fill_no_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certificate_cache, "MAX_CREDENTIALS", 5)
    copies = [f"https://c{number}.example/" for number in range(12)]
    cache = make_cache(Repository(dict.fromkeys([URL, *copies], made_signer().pem)), folder=tmp_path)
    settle(cache)
    cache.confirm(URL)
    cache.confirm("https://unknown.example/")
    for copy in copies:
        settle(cache, copy)
    assert all(isinstance(cache.find(url, NOW_MS), SignerCredential) for url in (URL, *copies[-4:]))
    assert len(cache) == len(list(tmp_path.glob("*.chain"))) == 5


def test_among_confirmed_signers_the_oldest_is_dropped_for_a_new_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certificate_cache, "MAX_CREDENTIALS", 2)
    urls = [f"https://c{number}.example/" for number in range(3)]
    cache = make_cache(Repository(dict.fromkeys(urls, made_signer().pem)))
    for url in urls:
        settle(cache, url)
        cache.confirm(url)
    assert all(isinstance(cache.find(url, NOW_MS), SignerCredential) for url in urls[1:])
    assert cache.find(urls[0], NOW_MS) == "certificate_pending"


def test_a_chain_that_was_replaced_by_a_bad_one_is_not_loaded_again(tmp_path: Path) -> None:
    at = [NOW_MS]
    repository = Repository({URL: made_signer().pem})
    cache = make_cache(repository, clock=lambda: at[0], folder=tmp_path)
    settle(cache)
    repository.chains[URL] = b"none"
    at[0] += 86_400_000
    cache.find(URL, at[0])
    wait_for(lambda: cache.find(URL, at[0]) == "certificate_rejected")
    assert not list(tmp_path.glob("*.chain"))


def test_a_repository_writes_no_line_of_its_own_into_the_log(caplog: pytest.LogCaptureFixture) -> None:
    def fetch(url: str) -> tuple[bytes, Mapping[str, str]]:
        raise RequestFailed("BadStatusLine: \x1b[2J\r\nERROR a line of somebody else")

    cache = CertificateCache(TrustAnchors([made_root().certificate]), fetch, keep_ms=1_000, clock=lambda: NOW_MS)
    settle(cache)
    assert "somebody else" in caplog.text
    assert not {"\x1b", "\r"} & set(caplog.text) and caplog.text.count("\n") == 1
