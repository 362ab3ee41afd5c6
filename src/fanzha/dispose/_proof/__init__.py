"""Proofs that an order or its withdrawal took effect, from independent measurements."""
