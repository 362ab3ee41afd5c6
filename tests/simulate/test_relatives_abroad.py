"""Relatives abroad call the same family again and at length, over honest trunks."""

from collections import Counter

from tests.simulate.told import tell


def test_a_relative_calls_one_family_again_and_at_length() -> None:
    told = tell("relatives_abroad", days=7)
    abroad = [row for row in told["call_offered"] if row["ingress"] == "international_gateway"]
    assert {row["trunk"] for row in abroad} == told.subjects("trunk")
    assert {row["callee"] for row in abroad} <= told.subjects("phone_number")
    assert max(Counter((row["caller"], row["callee"]) for row in abroad).values()) >= 5
    lengths = {row["call_id"]: row["talk_ms"] for row in told["call_ended"]}
    assert sum(lengths[row["call_id"]] > 10 * 60_000 for row in abroad) > 0.2 * len(abroad)
