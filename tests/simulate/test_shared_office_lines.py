"""An office exchanges calls with its regular customers over one number."""

from collections import Counter

from tests.simulate.scenario_run import run_scenario


def test_customers_are_called_again_and_call_back() -> None:
    run = run_scenario("shared_office_lines", days=5)
    numbers = run.subjects("phone_number")
    outgoing = Counter((row["caller"], row["callee"]) for row in run["call_offered"] if row["caller"] in numbers)
    assert sum(outgoing.values()) > 50 * 5 * len(numbers)
    assert sum(count for count in outgoing.values() if count > 1) > 0.5 * sum(outgoing.values())
    incoming = sum(row["callee"] in numbers for row in run["call_offered"])
    assert 0.5 < incoming / sum(outgoing.values()) < 0.9
