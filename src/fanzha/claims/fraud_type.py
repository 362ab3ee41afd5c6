"""The fraud types of findings: codes of the taxonomy in `fanzha.base.fraud_types`."""

from fanzha.base.fraud_types import FRAUD_TYPES, VERSION

__all__ = ["FRAUD_TYPES", "TO_WARN", "VERSION"]

#: Types whose subjects are victims to be warned, not suspects (ATF Art. 34).
TO_WARN = frozenset({"victim_at_risk"})
