"""Travellers come in over an international trunk with their own number, proven to roam."""

from tests.simulate.told import tell


def test_their_own_number_is_proven_although_it_comes_from_abroad() -> None:
    told = tell("roaming_travellers")
    calls = told["call_offered"]
    assert {row["caller"] for row in calls} == {row["proven_caller"] for row in calls}
    assert {row["caller"] for row in calls} <= told.subjects("phone_number")
    assert {(row["ingress"], row["roaming"]) for row in calls} == {("international_gateway", "proven")}
