"""Children talk with an old parent at length, and the parent sometimes calls the bank and receives a code."""

from tests.simulate.told import tell


def test_talks_are_long_and_some_come_from_abroad() -> None:
    told = tell("family_of_the_old", days=7, people=4_000)
    parents = told.subjects("phone_number")
    lengths = {row["call_id"]: row["talk_ms"] for row in told["call_ended"]}
    evening = [row for row in told["call_offered"] if row["callee"] in parents]
    assert sum(lengths[row["call_id"]] > 20 * 60_000 for row in evening) > 0.15 * len(evening)
    assert {"international_gateway", "mobile", "interconnect"} == {row["ingress"] for row in evening}


def test_the_bank_is_called_and_a_code_follows() -> None:
    told = tell("family_of_the_old", days=7, people=4_000)
    bank = {row["caller"] for row in told["call_offered"] if (row["callee"] or "").startswith("955")}
    assert bank and bank == {row["recipient"] for row in told["message"]}
