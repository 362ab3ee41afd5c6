"""Rates of the public pages of reports by address block; what passes competes in `intake_worker`."""

from fanzha.command.reports.networks import hash_block
from fanzha.command.web.request_rates import RequestRate, counter

SUBMISSIONS = RequestRate("submissions", 300, 3600.0)  # many phones share one block of a carrier
RECEIPT_TRIES = RequestRate("receipt tries", 30, 600.0)


def is_over_rate(rate: RequestRate, address: str, *, counts: bool = True) -> bool:
    """Count a request from an address, if it `counts`; return whether its block exceeds the rate."""
    return counter.is_over(rate, hash_block(address), counts=counts)
