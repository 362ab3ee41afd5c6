"""A line of an organisation is proven by the trunk it calls over."""

import numpy as np

from fanzha.simulate._draw import stream
from fanzha.simulate._facts import Facts
from fanzha.simulate._lines import dial_out
from fanzha.simulate._render import Pick
from fanzha.simulate._scenario import Today


def test_the_trunk_proves_the_line() -> None:
    facts, lines = Facts(1), np.array([862117000000, -9519900])
    trunk = Pick(("LINE-SIM-0001", "LINE-SIM-0002"), np.array([0, 1]))
    dial_out(Today(0, 0, stream(1)), facts, np.array([1, 2]), lines, np.array([-110, -120]), trunk, answer_share=1.0)
    rows = facts.parts["call_offered"][0].batch.to_pylist()
    assert [(row["caller"], row["proven_caller"], row["trunk"]) for row in rows] == [
        ("+862117000000", "+862117000000", "LINE-SIM-0001"),
        ("9519900", "9519900", "LINE-SIM-0002"),
    ]
    assert len(facts.parts["call_answered"][0].moments) == 2
