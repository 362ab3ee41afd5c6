"""The parts of a mapped snapshot: tables probed one key at a time, what deltas changed, and the operator's lists."""
