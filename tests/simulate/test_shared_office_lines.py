"""An office of many people calls known customers from one number, and takes their calls."""

from collections import Counter

from tests.simulate.told import tell


def test_customers_are_called_again_and_call_back() -> None:
    told = tell("shared_office_lines", days=5)
    numbers = told.subjects("phone_number")
    out = Counter((row["caller"], row["callee"]) for row in told["call_offered"] if row["caller"] in numbers)
    assert sum(out.values()) > 50 * 5 * len(numbers)
    assert sum(count for count in out.values() if count > 1) > 0.5 * sum(out.values())
    taken = sum(row["callee"] in numbers for row in told["call_offered"])
    assert 0.5 < taken / sum(out.values()) < 0.9
