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
from fanzha.screen.roaming import Roaming

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


def roaming_of(register: Book, wait_ms: int = 10_000) -> Roaming:
    return Roaming(register, wait_ms=wait_ms, keep_ms=60_000, remembered=2)


def test_an_answer_is_told_once_and_kept_for_its_while() -> None:
    book = Book()
    known = roaming_of(book)

    async def ask(loop: asyncio.AbstractEventLoop) -> None:
        told: list[int] = []
        assert known.ask(NUMBER, 1_000, loop, told.append)
        await until(lambda: bool(told))
        assert told == [PROVEN]

    run(ask)
    assert known.known(NUMBER, 1_001) == PROVEN
    assert known.known(NUMBER, 61_000) == UNKNOWN
    known.close()


def test_calls_of_one_number_share_one_question() -> None:
    book = Book()
    known = roaming_of(book)

    async def ask(loop: asyncio.AbstractEventLoop) -> None:
        told: list[int] = []
        for _ in range(5):
            assert known.ask(NUMBER, 0, loop, told.append)
        await until(lambda: len(told) == 5)
        assert told == [PROVEN] * 5

    run(ask)
    assert book.asked == 1
    known.close()


def test_a_register_that_hangs_costs_a_call_its_limit_and_serves_the_next() -> None:
    book = Book(seconds=30)
    known = roaming_of(book, wait_ms=20)

    async def ask(loop: asyncio.AbstractEventLoop) -> None:
        told: list[float] = []
        begun = time.monotonic()
        known.ask(NUMBER, 0, loop, lambda code: told.append(time.monotonic() - begun))
        await until(lambda: bool(told))
        assert told[0] < 5, "the register takes 30 s"
        book.gate.set()
        await until(lambda: known.known(NUMBER, 1) == PROVEN)
        assert len(told) == 1

    run(ask)
    assert known.late == 1
    assert known.known(NUMBER, 1) == PROVEN
    known.close()


def test_more_questions_than_fit_at_once_are_not_asked() -> None:
    book = Book(seconds=30)
    known = roaming_of(book, wait_ms=5)

    async def ask(loop: asyncio.AbstractEventLoop) -> None:
        asked = [known.ask(f"+86170000000{n:02}", 0, loop, lambda code: None) for n in range(30)]
        assert sum(asked) == roaming.ASKING_AT_ONCE
        book.gate.set()
        await asyncio.sleep(0.1)

    run(ask)
    assert known.spared == 30 - roaming.ASKING_AT_ONCE
    known.close()


def test_a_register_that_fails_again_and_again_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roaming, "FAILURES_IN_A_ROW", 2)
    known = roaming_of(Book())

    async def ask(loop: asyncio.AbstractEventLoop) -> None:
        told: list[int] = []
        for n in range(2):
            assert known.ask(f"+861700000009{n}", 0, loop, told.append)
        await until(lambda: len(told) == 2)
        assert not known.ask("+8617000000099", 0, loop, lambda code: None)

    run(ask)
    assert (known.failed, known.spared) == (2, 1)
    known.close()


def test_only_so_many_numbers_are_remembered() -> None:
    class Everybody:
        def ask(self, number: str) -> str:
            return "disproven"

    known, told = Roaming(Everybody(), wait_ms=10_000, keep_ms=60_000, remembered=2), list[int]()

    def reached(count: int) -> bool:
        return len(told) == count

    async def ask(loop: asyncio.AbstractEventLoop) -> None:
        for n in range(3):
            known.ask(f"+861700000000{n + 1}", 0, loop, told.append)
            await until(partial(reached, n + 1))

    run(ask)
    assert known.known("+8617000000001", 1) == UNKNOWN
    assert known.known("+8617000000003", 1) == ROAMING.index("disproven")
    known.close()


def test_without_a_register_nobody_is_asked() -> None:
    known = Roaming(None, wait_ms=5, keep_ms=1, remembered=1)

    async def ask(loop: asyncio.AbstractEventLoop) -> None:
        assert not known.ask(NUMBER, 0, loop, lambda code: None)

    run(ask)
