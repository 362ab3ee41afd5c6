"""A register is asked in the background, its answers are kept, and no call waits longer than its limit."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from functools import partial

import pytest
from tests.screen.test_warning_queue import until

from fanzha.detect.gateway.ingress_rules import ROAMING, UNKNOWN
from fanzha.screen import roaming
from fanzha.screen.roaming import RoamingLookup

PROVEN = ROAMING.index("proven")
NUMBER = "+8617000000001"


class Book:
    """A register that knows one number; it waits before it answers."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds, self.asked, self.gate = seconds, 0, threading.Event()

    def ask(self, number: str) -> str:
        self.asked += 1
        if self.seconds:
            self.gate.wait(self.seconds)
        if number != NUMBER:
            raise KeyError(number)
        return "proven"


def run(test: Callable[[asyncio.AbstractEventLoop], Awaitable[None]]) -> None:
    async def whole() -> None:
        await test(asyncio.get_running_loop())

    asyncio.run(whole())


def roaming_of(register: Book, wait_ms: int = 10_000, clock: Callable[[], float] = time.monotonic) -> RoamingLookup:
    return RoamingLookup(register, wait_ms=wait_ms, keep_ms=60_000, remembered=2, clock=clock)


def test_an_answer_is_told_once_and_kept_for_its_while() -> None:
    seconds = [1.0]
    lookup = roaming_of(Book(), clock=lambda: seconds[0])

    async def ask(loop: asyncio.AbstractEventLoop) -> None:
        codes: list[int] = []
        assert lookup.ask(NUMBER, loop, codes.append)
        await until(lambda: bool(codes))
        assert codes == [PROVEN]

    run(ask)
    seconds[0] = 60.9
    assert lookup.cached(NUMBER) == PROVEN
    seconds[0] = 61.0
    assert lookup.cached(NUMBER) == UNKNOWN
    lookup.close()


@pytest.mark.parametrize("step", [-86_400.0, 86_400.0])
def test_a_proof_of_roaming_expires_whatever_the_wall_clock_does(monkeypatch: pytest.MonkeyPatch, step: float) -> None:
    wall_time, seconds = time.time, [1.0]
    lookup = roaming_of(Book(), clock=lambda: seconds[0])

    async def ask(loop: asyncio.AbstractEventLoop) -> None:
        codes: list[int] = []
        lookup.ask(NUMBER, loop, codes.append)
        await until(lambda: bool(codes))

    run(ask)
    monkeypatch.setattr(time, "time", lambda: wall_time() + step)
    assert lookup.cached(NUMBER) == PROVEN
    seconds[0] = 61.0
    assert lookup.cached(NUMBER) == UNKNOWN
    lookup.close()


def test_calls_of_one_number_share_one_question() -> None:
    book = Book()
    lookup = roaming_of(book)

    async def ask(loop: asyncio.AbstractEventLoop) -> None:
        codes: list[int] = []
        for _ in range(5):
            assert lookup.ask(NUMBER, loop, codes.append)
        await until(lambda: len(codes) == 5)
        assert codes == [PROVEN] * 5

    run(ask)
    assert book.asked == 1
    lookup.close()


def test_a_register_that_hangs_costs_a_call_its_limit_and_serves_the_next() -> None:
    book = Book(seconds=30)
    lookup = roaming_of(book, wait_ms=20)

    async def ask(loop: asyncio.AbstractEventLoop) -> None:
        codes: list[float] = []
        begun = time.monotonic()
        lookup.ask(NUMBER, loop, lambda code: codes.append(time.monotonic() - begun))
        await until(lambda: bool(codes))
        assert codes[0] < 5, "the register takes 30 s"
        book.gate.set()
        await until(lambda: lookup.cached(NUMBER) == PROVEN)
        assert len(codes) == 1

    run(ask)
    assert lookup.late == 1
    assert lookup.cached(NUMBER) == PROVEN
    lookup.close()


def test_more_questions_than_fit_at_once_are_not_asked() -> None:
    book = Book(seconds=30)
    lookup = roaming_of(book, wait_ms=5)

    async def ask(loop: asyncio.AbstractEventLoop) -> None:
        queried = [lookup.ask(f"+86170000000{n:02}", loop, lambda code: None) for n in range(30)]
        assert sum(queried) == roaming.MAX_CONCURRENT
        book.gate.set()
        await asyncio.sleep(0.1)

    run(ask)
    assert lookup.skipped == 30 - roaming.MAX_CONCURRENT
    lookup.close()


def test_a_register_that_fails_again_and_again_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roaming, "MAX_FAILURES", 2)
    lookup = roaming_of(Book())

    async def ask(loop: asyncio.AbstractEventLoop) -> None:
        codes: list[int] = []
        for n in range(2):
            assert lookup.ask(f"+861700000009{n}", loop, codes.append)
        await until(lambda: len(codes) == 2)
        assert not lookup.ask("+8617000000099", loop, lambda code: None)

    run(ask)
    assert (lookup.failed, lookup.skipped) == (2, 1)
    lookup.close()


def test_only_so_many_numbers_are_remembered() -> None:
    class Everybody:
        def ask(self, number: str) -> str:
            return "disproven"

    lookup, codes = RoamingLookup(Everybody(), wait_ms=10_000, keep_ms=60_000, remembered=2), list[int]()

    def reached(count: int) -> bool:
        return len(codes) == count

    async def ask(loop: asyncio.AbstractEventLoop) -> None:
        for n in range(3):
            lookup.ask(f"+861700000000{n + 1}", loop, codes.append)
            await until(partial(reached, n + 1))

    run(ask)
    assert lookup.cached("+8617000000001") == UNKNOWN
    assert lookup.cached("+8617000000003") == ROAMING.index("disproven")
    lookup.close()


def test_without_a_register_nobody_is_asked() -> None:
    lookup = RoamingLookup(None, wait_ms=5, keep_ms=1, remembered=1)

    async def ask(loop: asyncio.AbstractEventLoop) -> None:
        assert not lookup.ask(NUMBER, loop, lambda code: None)

    run(ask)
