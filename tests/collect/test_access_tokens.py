"""A feed of an OAuth2 client gets a token once, renews it when it is refused, and shows its secret to nobody else."""

import base64
import json
import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from fanzha.base.outgoing_request import PrivateAddressPolicy, RequestFailed
from fanzha.collect.access_tokens import AccessTokens, TokenClient
from fanzha.collect.feed_client import FeedFailed, fetch_feed
from fanzha.store.feed_queue import DueFeed, FeedDefinition

pytestmark = pytest.mark.usefixtures("socket_enabled")
LOCAL = PrivateAddressPolicy(True, "")
SECRET = "made-up secret+/%"


class _Handler(BaseHTTPRequestHandler):
    """A token URL and a list that only the last token opens."""

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.server.requests.append((self.headers["Authorization"], form))  # type: ignore[attr-defined]
        number = len(self.server.requests)  # type: ignore[attr-defined]
        answer: dict[str, Any] = {"access_token": f"token-{number}", "token_type": "Bearer", "expires_in": 900}
        self._answer(self.server.status, json.dumps(answer | self.server.change).encode())  # type: ignore[attr-defined]

    def do_GET(self) -> None:
        is_valid = self.headers["Authorization"] == self.server.valid  # type: ignore[attr-defined]
        self._answer(200 if is_valid else 401, b"a.example.com\n" if is_valid else b"")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    keys = tmp_path / "keys" / "feeds" / "OWNER"
    keys.mkdir(parents=True)
    (keys / "client").write_text(SECRET)
    (keys / "client").chmod(0o600)
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.requests, server.status, server.change, server.valid = [], 200, {}, "Bearer token-1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def due(server: Any) -> DueFeed:
    base = f"http://127.0.0.1:{server.server_port}"
    feed = FeedDefinition(
        "F1", "csv", f"{base}/list", "the client", "OWNER/client", "website", 1, True, f"{base}/token", "exchange:read"
    )
    return DueFeed(feed, "", 0)


def client(server: Any) -> TokenClient:
    return TokenClient(f"http://127.0.0.1:{server.server_port}/token", "the client", SECRET, "")


def test_the_client_is_authenticated_by_basic_with_encoded_parts_and_names_its_scope(server: Any) -> None:
    (page,) = fetch_feed(due(server))
    assert page.result.verdicts[0].subject == "a.example.com"
    ((header, form),) = server.requests
    assert base64.b64decode(header.removeprefix("Basic ")) == b"the+client:made-up+secret%2B%2F%25"
    assert form == {"grant_type": ["client_credentials"], "scope": ["exchange:read"]}
    assert len(list(fetch_feed(due(server)))) == 1 and len(server.requests) == 1


def test_a_refused_token_is_renewed_once_for_a_request(server: Any) -> None:
    list(fetch_feed(due(server)))
    server.valid = "Bearer token-2"
    assert len(list(fetch_feed(due(server)))) == 1 and len(server.requests) == 2
    server.valid = "none"
    with pytest.raises(FeedFailed, match="HTTP 401"):
        list(fetch_feed(due(server)))
    assert len(server.requests) == 3


def test_a_token_that_is_about_to_expire_is_fetched_anew(server: Any) -> None:
    tokens, server.change = AccessTokens(), {"expires_in": 0}
    assert [tokens.take(client(server), LOCAL) for _ in range(2)] == ["token-1", "token-2"]
    server.change = {"expires_in": "3599"}  # some servers write a text
    assert [tokens.take(client(server), LOCAL) for _ in range(2)] == ["token-3", "token-3"]
    tokens.discard(client(server), "token-3")
    server.change = {"expires_in": None}
    assert [tokens.take(client(server), LOCAL) for _ in range(2)] == ["token-4", "token-4"]
    tokens.discard(client(server), "token-2")
    assert tokens.take(client(server), LOCAL) == "token-4"


@pytest.mark.parametrize(
    ("change", "status", "reason"),
    [
        ({}, 401, "HTTP 401"),
        ({"token_type": "mac"}, 200, "Bearer"),
        ({"access_token": "a\r\nX-Header: b"}, 200, "Bearer"),
        ({"access_token": 5}, 200, "none of OAuth2"),
    ],
    ids=["refused", "another type", "a header within", "a number"],
)
def test_a_failure_is_a_reason_without_secret(
    server: Any, change: dict[str, Any], status: int, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.change, server.status = change, status
    with pytest.raises(RequestFailed, match=reason) as failed:
        AccessTokens().take(client(server), LOCAL)
    said = f"{failed.value} {caplog.text}"
    assert "made-up" not in said and "token-1" not in said and failed.value.__cause__ is None
