"""How servers, streams and subjects are written; the connection itself is tested in tests/field."""

import pytest

from fanzha.analyze.watch.nats_connection import NatsAddress, is_nats, parse_address
from fanzha.base.errors import UsageError


def test_a_url_names_the_server_and_the_stream() -> None:
    assert parse_address("nats://127.0.0.1:4222/EVENTS") == NatsAddress("nats://127.0.0.1:4222", "EVENTS")
    assert parse_address("tls://user@nats.example/findings.a.b/") == NatsAddress(
        "tls://user@nats.example", "findings.a.b"
    )


@pytest.mark.parametrize("source", ["nats://127.0.0.1/EVENTS", "tls://nats.example/EVENTS"])
def test_streams_are_told_from_files_by_their_scheme(source: str) -> None:
    assert is_nats(source)
    assert not is_nats(f"/data/{source}") and not is_nats("syslog://127.0.0.1:514")


@pytest.mark.parametrize("url", ["nats://127.0.0.1:4222", "nats:///EVENTS", "nats://127.0.0.1/a/b"])
def test_a_url_without_one_name_is_a_usage_error(url: str) -> None:
    with pytest.raises(UsageError, match="no stream or subject"):
        parse_address(url)
