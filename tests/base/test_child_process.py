"""A child process gives its results as they come; whatever ends it early has a name and a sentence for the operator."""

import os
import signal
import time
from pathlib import Path

import pytest
from tests import child_functions

from fanzha.base.child_process import (
    ChildCrash,
    ChildError,
    ChildLimits,
    ChildOutOfMemory,
    ChildRefusal,
    ChildTimeout,
    stream_from_child,
)

LIMITS = ChildLimits(memory_bytes=256 * 1024**2, cpu_seconds=20, wait_seconds=30)
EN_ADVICE, ZH_ADVICE = "CSV", "请"


def assert_explains(error: ChildError) -> None:
    assert EN_ADVICE in error.words.en and ZH_ADVICE in error.words.zh and str(error) == error.words.en


def test_results_come_in_order_and_in_full() -> None:
    assert (
        list(stream_from_child(LIMITS, child_functions.repeat, "号码" * 5_000, count=300))
        == [("号码" * 5_000).encode()] * 300
    )
    assert list(stream_from_child(LIMITS, child_functions.repeat, "", 2)) == [b"", b""]
    assert list(stream_from_child(LIMITS, child_functions.repeat, "x", 0)) == []


def test_a_refusal_arrives_with_its_reason_after_the_results_before_it() -> None:
    results = stream_from_child(LIMITS, child_functions.refuse, "有密码")
    assert next(results) == b"first"
    with pytest.raises(ChildRefusal) as caught:
        next(results)
    assert caught.value.reason == "有密码"


def test_an_exception_of_the_function_is_a_crash_that_names_it() -> None:
    with pytest.raises(ChildCrash, match="LookupError: no such part") as caught:
        list(stream_from_child(LIMITS, child_functions.fail, "no such part"))
    assert_explains(caught.value)


def test_memory_beyond_the_limit_is_refused_by_the_system() -> None:
    assert list(stream_from_child(LIMITS, child_functions.allocate, 1024**2)) == [b"1048576"]
    with pytest.raises(ChildOutOfMemory, match="256 MB") as caught:
        list(stream_from_child(LIMITS, child_functions.allocate, 1024**3))
    assert_explains(caught.value)


@pytest.mark.parametrize("message", ["memory allocation of 1099511627776 bytes failed", "std::bad_alloc"])
def test_an_abort_after_a_failed_allocation_is_out_of_memory(message: str) -> None:
    with pytest.raises(ChildOutOfMemory):
        list(stream_from_child(LIMITS, child_functions.complain_and_abort, message))


def test_the_end_by_the_kernel_for_lack_of_memory_is_out_of_memory() -> None:
    with pytest.raises(ChildOutOfMemory):
        list(stream_from_child(LIMITS, child_functions.end_by, int(signal.SIGKILL)))


def test_a_signal_and_an_early_exit_are_crashes() -> None:
    with pytest.raises(ChildCrash, match="SIGSEGV") as caught:
        list(stream_from_child(LIMITS, child_functions.end_by, int(signal.SIGSEGV)))
    assert_explains(caught.value)
    with pytest.raises(ChildCrash, match="exit code 3"):
        list(stream_from_child(LIMITS, child_functions.exit_with, 3))


def test_a_child_that_gives_nothing_is_not_waited_for() -> None:
    started = time.monotonic()
    with pytest.raises(ChildTimeout, match="0.5 seconds") as caught:
        list(stream_from_child(ChildLimits(wait_seconds=0.5), child_functions.sleep, 60))
    assert_explains(caught.value)
    assert time.monotonic() - started < 20


def test_a_child_that_computes_without_end_is_ended() -> None:
    with pytest.raises(ChildTimeout, match="1 seconds"):
        list(stream_from_child(ChildLimits(cpu_seconds=1), child_functions.use_processor))


def test_the_time_that_the_parent_takes_between_results_does_not_count() -> None:
    results = stream_from_child(ChildLimits(wait_seconds=5), child_functions.yield_forever)
    next(results)
    results_after_pause = []
    for _ in range(3):
        time.sleep(0.1)
        results_after_pause.append(len(next(results)))
    assert results_after_pause == [100_000] * 3
    results.close()  # type: ignore[attr-defined]


def test_a_child_whose_results_nobody_wants_any_more_ends() -> None:
    results = stream_from_child(LIMITS, child_functions.yield_forever)
    process = int(next(results))
    os.kill(process, 0)
    results.close()  # type: ignore[attr-defined]
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_what_the_function_prints_does_not_mix_with_its_results() -> None:
    assert list(stream_from_child(LIMITS, child_functions.print_noise, "noise")) == [b"noise"]


def test_a_frame_of_impossible_size_breaks_the_protocol() -> None:
    with pytest.raises(ChildCrash, match="malformed"):
        list(stream_from_child(LIMITS, child_functions.write_frame, "Dzzzzzzzz"))


def test_the_child_inherits_nothing_and_imports_little(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANZHA_SECRET", "x")
    monkeypatch.delenv("LD_LIBRARY_PATH", raising=False)
    with (tmp_path / "open").open("w") as file:
        os.set_inheritable(file.fileno(), True)
        lines = [line.decode() for line in stream_from_child(LIMITS, child_functions.describe)]
    assert lines == [
        "environment []",
        "input ''",
        "descriptors [0, 1, 2, 3]",
        "core (0, 0)",
        "modules []",
    ]


def test_the_child_writes_no_file(tmp_path: Path) -> None:
    with pytest.raises(ChildCrash):
        list(stream_from_child(LIMITS, child_functions.write_file, str(tmp_path / "a")))
    assert not (tmp_path / "a").exists() or not (tmp_path / "a").read_bytes()


def test_a_python_that_cannot_be_started_is_a_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/nonexistent/python")
    with pytest.raises(ChildCrash, match="could not be started"):
        list(stream_from_child(LIMITS, child_functions.repeat, "x", 1))
