"""A container's endpoint is asked in batches; what it answers late, too long or wrong is refused."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pytest
from pytest_socket import enable_socket

from fanzha.base.child_worker import ChildRefusal
from fanzha.command.research import endpoint_client
from fanzha.command.research.endpoint_client import ask_endpoint

pytestmark = pytest.mark.usefixtures("socket_enabled")
NAMES = ["findings", "top_score"]


class Container(BaseHTTPRequestHandler):
    """A partner's container: it gives back the second column, or misbehaves by the path."""

    asked: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        """Answer a batch."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append(self.headers["Content-Type"])
        if self.path == "/arrow":
            table = pa.ipc.open_stream(body).read_all()
            sink = pa.BufferOutputStream()
            scores = pa.table({"scores": table["top_score"]})
            with pa.ipc.new_stream(sink, scores.schema) as writer:
                writer.write_table(scores)
            self._send(bytes(sink.getvalue()))
            return
        rows = [row[1] for row in json.loads(body)["rows"]]
        answers = {
            "/predict": {"scores": rows},
            "/short": {"scores": rows[1:]},
            "/nan": {"scores": [float("nan")] * len(rows)},
            "/high": {"scores": [7] * len(rows)},
            "/text": {"scores": ["high"] * len(rows)},
            "/other": {"points": rows},
        }
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/predict")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif self.path == "/endless":
            self.send_response(200)
            self.end_headers()
            while True:
                try:
                    self.wfile.write(b" " * 65_536)
                except OSError:
                    return
        elif self.path == "/slow":
            threading.Event().wait(2)
        else:
            self._send(json.dumps(answers[self.path]).encode())

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing."""

    def _send(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture(scope="module")
def container() -> Iterator[str]:
    """The address of a running container."""
    enable_socket()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Container)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def values(tmp_path: Path) -> str:
    """A file of 25 rows."""
    path = tmp_path / "values"
    np.column_stack([np.ones(25), np.linspace(0, 1, 25)]).astype("<f4").tofile(path)
    return str(path)


def scores(container: str, path: str, values: str, encoding: str = "json") -> np.ndarray:
    """Return what the container scores."""
    return np.frombuffer(b"".join(ask_endpoint(f"{container}{path}", encoding, NAMES, values, 25)), "<f4")


@pytest.mark.parametrize(("path", "encoding"), [("/predict", "json"), ("/arrow", "arrow")], ids=["json", "arrow"])
def test_every_row_gets_its_score_in_either_encoding(
    path: str, encoding: str, container: str, values: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint_client, "ROWS", 10)
    Container.asked.clear()
    assert scores(container, path, values, encoding) == pytest.approx(np.linspace(0, 1, 25), abs=1e-6)
    assert len(Container.asked) == 3


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/short", "shape"),
        ("/nan", "nan"),
        ("/high", "range"),
        ("/text", "answer"),
        ("/other", "answer"),
        ("/moved", "status"),
        ("/endless", "size"),
        ("/slow", "time"),
    ],
    ids=["short", "nan", "high", "text", "other", "moved", "endless", "slow"],
)
def test_what_is_not_as_agreed_is_refused(
    path: str, reason: str, container: str, values: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint_client, "BATCH_SECONDS", 1.0)
    with pytest.raises(ChildRefusal) as refused:
        scores(container, path, values)
    assert refused.value.reason == reason


def test_a_container_that_is_not_there_is_unreachable(values: str) -> None:
    with pytest.raises(ChildRefusal) as refused:
        scores("http://127.0.0.1:1", "/predict", values)
    assert refused.value.reason == "unreachable"
