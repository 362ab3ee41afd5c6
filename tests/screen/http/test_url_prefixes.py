"""The list of prefixes holds those of every listed link, once and in order, and is made anew only for another list."""

import asyncio

from tests.screen.http.asking import URLS, Screen

from fanzha.claims.url_expressions import url_hash
from fanzha.screen.http.url_prefixes import UrlPrefixes, prefixes


def test_each_prefix_stands_once_in_order(screen: Screen) -> None:
    made, _ = asyncio.run(UrlPrefixes().of(screen.snapshot))  # type: ignore[arg-type]
    assert [made[at : at + 4] for at in range(0, len(made), 4)] == sorted({url_hash(one)[:4] for one in URLS})


def test_it_is_the_same_list_while_no_delta_brings_another(screen: Screen) -> None:
    made = UrlPrefixes()

    async def twice() -> list[tuple[bytes, str]]:
        assert screen.snapshot is not None
        first = await made.of(screen.snapshot)
        screen.change({})
        return [first, await made.of(screen.snapshot)]

    first, second = asyncio.run(twice())
    assert first == second and first[0] is second[0]


def test_without_a_list_there_are_none() -> None:
    assert prefixes(None) == b""
