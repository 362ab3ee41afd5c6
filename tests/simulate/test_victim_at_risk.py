"""A victim receives long calls from abroad, then calls the bank and receives its codes."""

from tests.simulate.scenario_run import run_scenario


def test_long_repeated_calls_come_first_then_the_bank_then_codes() -> None:
    run = run_scenario("victim_at_risk", gangs=1)
    victim = next(row for row in run.truth if row["role"] == "victim")
    number = victim["subject"]
    calls = [row for row in run["call_offered"] if row["callee"] == number]
    ended = {row["call_id"]: row for row in run["call_ended"]}
    assert len(calls) == 4 and {row["ingress"] for row in calls} == {"international_gateway"}
    assert min(ended[row["call_id"]]["talk_ms"] for row in calls) > 39 * 60_000
    (bank,) = [row for row in run["call_offered"] if row["caller"] == number]
    codes = [row for row in run["message"] if row["recipient"] == number]
    assert len(codes) == 4
    last = max(ended[row["call_id"]]["occurred_at"] for row in calls)
    assert last < bank["occurred_at"] < min(row["occurred_at"] for row in codes)
    assert victim["until_ms"] == max(row["occurred_at"] for row in codes)


def test_a_wise_caller_is_shorter_and_calls_once_less() -> None:
    run = run_scenario("victim_at_risk", 1, gangs=1)
    abroad = [row for row in run["call_offered"] if row["ingress"] == "international_gateway"]
    lengths = {row["call_id"]: row["talk_ms"] for row in run["call_ended"]}
    assert max(lengths[row["call_id"]] for row in abroad) < 20 * 60_000
    assert len(abroad) == 2 * len(run.subjects("phone_number", "victim"))
