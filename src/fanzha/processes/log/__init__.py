"""The append-only log: a Merkle root per transaction, chained, anchored outside; persons can be erased."""
