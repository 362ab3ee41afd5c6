"""Treatments of one call or text, and the treatment that each live rule asks for."""

from collections.abc import Mapping
from enum import StrEnum

from fanzha.base.words import Words


class Treatment(StrEnum):
    """Treatments from the mildest to the strictest; each applies to one call or text only."""

    ALLOW = "allow"
    LABEL = "label"
    WITHHOLD = "withhold"  # the number is not shown
    REFUSE = "refuse"


TREATMENTS = tuple(Treatment)

TREATMENT_WORDS: dict[Treatment, Words] = {
    Treatment.ALLOW: Words("放行", "allow"),
    Treatment.LABEL: Words("提示", "label"),
    Treatment.WITHHOLD: Words("隐藏号码", "withhold the number"),
    Treatment.REFUSE: Words("拒绝", "refuse"),
}


def stricter(first: Treatment, second: Treatment) -> Treatment:
    """Return the stricter of two treatments."""
    return first if first is second or TREATMENTS.index(first) >= TREATMENTS.index(second) else second


#: Treatment of a rule without an operator setting: the mildest with an effect.
DEFAULT_RULE_TREATMENT = Treatment.LABEL


class RuleTreatments:
    """The operator's treatment by rule name, in either spelling (`call_centre_burst`, `call-centre-burst`)."""

    def __init__(self, treatments: Mapping[str, Treatment] | None = None) -> None:
        """Take treatments by rule; `allow` lets a rule report without treating."""
        self._treatments = {name.replace("_", "-"): treatment for name, treatment in (treatments or {}).items()}

    def for_rule(self, rule: str) -> Treatment:
        """Return the treatment of a rule; trunk and gateway rules may limit it further."""
        return self._treatments.get(rule.replace("_", "-"), DEFAULT_RULE_TREATMENT)
