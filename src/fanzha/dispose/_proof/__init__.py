"""Proofs that an order took effect, or that its taking back did: read from what somebody else asked or measured."""
