"""What is made of a snapshot is made once for all who ask, in a thread, and again only when it failed or changed."""

import asyncio
import threading

import pytest

from fanzha.screen.http.made_apart import MadeApart


class Maker:
    """Makes numbers, and counts how often it is asked to."""

    def __init__(self) -> None:
        self.times, self.threads, self.fails = 0, set[int](), False

    def make(self) -> int:
        self.times += 1
        self.threads.add(threading.get_ident())
        if self.fails:
            raise ZeroDivisionError
        return self.times


def test_all_who_ask_at_once_share_what_one_thread_makes() -> None:
    maker, made = Maker(), MadeApart[int]()

    async def ask() -> list[int]:
        return await asyncio.gather(*(made.get("a", maker.make) for _ in range(20)))

    assert asyncio.run(ask()) == [1] * 20 and maker.times == 1
    assert maker.threads.isdisjoint({threading.get_ident()})


def test_another_identity_is_made_anew_and_the_newest_is_kept() -> None:
    maker, made = Maker(), MadeApart[int]()

    async def ask() -> list[int]:
        return [await made.get(identity, maker.make) for identity in "aabba"]

    assert asyncio.run(ask()) == [1, 1, 2, 2, 3]


def test_what_failed_is_tried_again() -> None:
    maker, made = Maker(), MadeApart[int]()

    async def ask() -> int:
        maker.fails = True
        with pytest.raises(ZeroDivisionError):
            await made.get("a", maker.make)
        maker.fails = False
        return await made.get("a", maker.make)

    assert asyncio.run(ask()) == 2


def test_one_who_leaves_does_not_spoil_it_for_the_others() -> None:
    maker, made, held = Maker(), MadeApart[int](), threading.Event()

    def slow() -> int:
        held.wait(10)
        return maker.make()

    async def ask() -> int:
        leaves = asyncio.create_task(made.get("a", slow))
        stays = asyncio.create_task(made.get("a", slow))
        await asyncio.sleep(0.01)
        leaves.cancel()
        held.set()
        return await stays

    assert asyncio.run(ask()) == 1
