"""Verify signed caller identities (STIR/SHAKEN): PASSporT, certificates, results."""
