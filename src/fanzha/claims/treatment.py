"""What may happen to one call or text in the moment: four names, everywhere (design §5)."""

from collections.abc import Mapping
from enum import StrEnum

from fanzha.base.words import Words


class Treatment(StrEnum):
    """From the mildest to the hardest; it expires with the call or text."""

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


def stricter(one: Treatment, other: Treatment) -> Treatment:
    """Return the harder of two."""
    return one if one is other or TREATMENTS.index(one) >= TREATMENTS.index(other) else other


#: What a rule means of which the operator says nothing: the mildest that does anything.
UNSAID = Treatment.LABEL


class RuleTreatments:
    """The operator's words by the rule's name, in either spelling (`call_centre_burst`, `call-centre-burst`)."""

    def __init__(self, said: Mapping[str, Treatment] | None = None) -> None:
        """Take what is said; `allow` lets a rule find and never treat."""
        self._said = {name.replace("_", "-"): treatment for name, treatment in (said or {}).items()}

    def of(self, rule: str) -> Treatment:
        """Return what a rule means that may act; trunk and gateway rules still say how far that goes (design §5)."""
        return self._said.get(rule.replace("_", "-"), UNSAID)
