"""Fit the shape of ordinary calling to real, innocent calls, so that the simulator's people call as people do.

Usage: python tools/fit_calling.py ../shared/data src/fanzha/simulate/data/calling.json
"""

import argparse
import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

SOURCE = (
    "Copenhagen Networks Study: P. Sapiezynski et al., Interaction data from the Copenhagen Networks Study, "
    "Scientific Data 6, 315 (2019), figshare 7267433, CC BY 4.0; summary figures only, no row of it"
)
HARDLY_S = 1  # a call of this length was hardly answered or not at all
LEAST_CALLS = 10  # of a caller whose favourite contact is looked at
QUANTILES = (*(round(0.05 * n, 2) for n in range(20)), 0.97, 0.98, 0.99, 0.995, 0.999, 1.0)
POWERS = np.linspace(1, 6, 501)

Whole = NDArray[np.int64]


def spread(parties: Whole) -> float:
    """Return the standard deviation of the logarithm of how often each party occurs."""
    return float(np.log(np.unique(parties, return_counts=True)[1]).std())


def favourites(callers: Whole, callees: Whole) -> tuple[Whole, NDArray[np.float64]]:
    """Return, of callers with enough calls and several contacts, how many contacts and the share of the favourite."""
    sizes, shares = [], []
    for caller in np.unique(callers):
        counts = np.unique(callees[callers == caller], return_counts=True)[1]
        if counts.sum() >= LEAST_CALLS and counts.size > 1:
            sizes.append(counts.size)
            shares.append(counts.max() / counts.sum())
    return np.array(sizes), np.array(shares)


def contact_power(sizes: Whole, shares: NDArray[np.float64]) -> float:
    """Return p so that a contact drawn as floor(n * u ** p) of n is the favourite as often as it was seen to be."""
    errors = [abs(float(((1 / sizes) ** (1 / power) - shares).mean())) for power in POWERS]
    return round(float(POWERS[int(np.argmin(errors))]), 2)


def main() -> None:
    """Write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("target", type=Path)
    given = parser.parse_args()
    calls = pq.read_table(given.data / "cns_calls" / "calls.parquet")
    texts = pq.read_table(given.data / "cns_calls" / "sms.parquet")
    caller, callee, seconds = (calls[name].to_numpy() for name in ("caller", "callee", "duration_s"))
    pairs = set(zip(caller.tolist(), callee.tolist(), strict=True))
    figures = {
        "source": SOURCE,
        "quantiles": QUANTILES,
        "talk_s": [round(float(q), 1) for q in np.quantile(seconds[seconds > HARDLY_S], QUANTILES)],
        "hardly_answered_share": round(float((seconds <= HARDLY_S).mean()), 4),
        "calls_log_spread": round(spread(caller), 3),
        "texts_log_spread": round(spread(texts["sender"].to_numpy()), 3),
        "contact_power": contact_power(*favourites(caller, callee)),
        "pairs_both_ways_share": round(float(np.mean([(there, here) in pairs for here, there in pairs])), 3),
    }
    given.target.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
