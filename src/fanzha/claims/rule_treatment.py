"""What a rule that fires while a call is being set up means for it: the operator's word, not the text's (docs 0025)."""

from collections.abc import Mapping

from fanzha.claims.treatment import Treatment

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
