"""One child answers many requests; a request that crashes it or takes too long fails alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fanzha.base import child_service
from fanzha.base.child_process import ChildCrash, ChildLimits, ChildOutOfMemory, ChildTimeout
from fanzha.base.child_service import ChildRefusal, ChildService

CODE = """
import os, time
from fanzha.base.child_worker import ChildRefusal
calls = 0
def work(what):
    global calls
    calls += 1
    if what == "refuse":
        raise ChildRefusal("no thanks")
    if what == "crash":
        os.abort()
    if what == "fail":
        raise ValueError("bad")
    if what == "hang":
        time.sleep(60)
    if what == "eat":
        bytearray(4 << 30)
    yield f"{what} {calls}".encode()
"""


def work(what: str) -> Iterator[bytes]:
    """The parent's name of the function; the child loads CODE."""
    yield what.encode()


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ChildService]:
    import sys

    path = tmp_path / "code.py"
    path.write_text(CODE)
    monkeypatch.setattr(sys.modules[__name__], "__file__", str(path))
    made = ChildService(ChildLimits(memory_bytes=1 << 30, cpu_seconds=20, wait_seconds=3), work)
    yield made
    made.close()


def test_one_child_answers_and_refuses(service: ChildService) -> None:
    assert service.call("a") == b"a 1"
    with pytest.raises(ChildRefusal, match="no thanks"):
        service.call("refuse")
    assert service.call("b") == b"b 3", "the same child"


def test_a_crash_fails_alone(service: ChildService) -> None:
    for request in ("crash", "fail"):
        with pytest.raises(ChildCrash):
            service.call(request)
        assert service.call("next") == b"next 1", "a new child"


def test_a_request_without_end_is_ended(service: ChildService) -> None:
    with pytest.raises(ChildTimeout):
        service.call("hang")
    with pytest.raises(ChildOutOfMemory):
        service.call("eat")
    assert service.call("next") == b"next 1"


def test_a_child_is_replaced_after_a_number_of_requests(service: ChildService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_service, "MAX_REQUESTS", 2)
    assert [service.call("a") for _ in range(3)] == [b"a 1", b"a 2", b"a 1"]
