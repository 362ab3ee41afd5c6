"""A resident of ours is proven and has a card and a cell; one of another network comes over the interconnect."""

import numpy as np

from fanzha.simulate._directory import Directory
from fanzha.simulate._draw import stream
from fanzha.simulate._facts import Facts
from fanzha.simulate._neighbours import call_from
from fanzha.simulate._numbers import MobileRange
from fanzha.simulate._residents import settle


def test_what_the_network_knows_hangs_on_whose_subscriber_calls() -> None:
    people, facts = settle(300, Directory(MobileRange.for_people(300), 1), stream(1)), Facts(1)
    call_from(stream(2), facts, people, np.arange(300), np.arange(300), np.full(300, -110))
    for row, ours in zip(facts.parts["call_offered"][0].batch.to_pylist(), people.ours, strict=True):
        known = [row[name] is not None for name in ("proven_caller", "cell", "device", "sim_card")]
        assert known == [bool(ours)] * 4
        assert (row["trunk"] is None, row["ingress"]) == ((True, "mobile") if ours else (False, "interconnect"))
