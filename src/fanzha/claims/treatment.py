"""What may happen to one call or text in the moment: four names, everywhere (design §5)."""

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


def harder(one: Treatment, other: Treatment) -> Treatment:
    """Return the harder of two."""
    return one if one is other or TREATMENTS.index(one) >= TREATMENTS.index(other) else other
