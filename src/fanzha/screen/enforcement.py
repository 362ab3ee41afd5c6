"""How far a trunk's calls are treated: what is meant becomes what happens, step by step (design §4, §5)."""

from fanzha.claims.rule_lifecycle import sampling_position
from fanzha.claims.treatment import TREATMENTS, Treatment
from fanzha.screen.settings import Acting, Trunk

_MOST: dict[Acting, Treatment] = {
    Acting.OFF: Treatment.ALLOW,
    Acting.SHADOW: Treatment.ALLOW,
    Acting.LABEL: Treatment.LABEL,
    Acting.SHARE: Treatment.LABEL,  # for the calls outside the share
    Acting.REFUSE: Treatment.REFUSE,
}
_ORDER = {treatment: place for place, treatment in enumerate(TREATMENTS)}


class Acts:
    """What one trunk does with what lists, guard and rules mean."""

    def __init__(self, name: str, trunk: Trunk, key: bytes) -> None:
        """Take the trunk's settings; who lacks the key cannot foretell which calls are in the share."""
        self.off = all(step is Acting.OFF for step in (trunk.acts, trunk.lists, trunk.guard, trunk.rules) if step)
        self.lists, self.guard, self.rules = (step or trunk.acts for step in (trunk.lists, trunk.guard, trunk.rules))
        self.label = trunk.acts
        self.shares = Acting.SHARE in (self.lists, self.guard, self.rules, self.label)
        self._name, self._share, self._key = name, trunk.share, key

    def draws(self, call_id: str) -> bool:
        """Say whether a call is in the share; where nothing acts on a share, none is."""
        return self.shares and sampling_position(self._key, self._name, "call", call_id) < self._share

    def most(self, step: Acting, call_id: str) -> Treatment:
        """Return the hardest treatment that a source at this step may have of this call."""
        return hardest(step, self.draws(call_id))


def hardest(step: Acting, drawn: bool) -> Treatment:
    """Return the hardest treatment that a source at a step may have of a call that is in the share, or not."""
    return Treatment.REFUSE if drawn and step is Acting.SHARE else _MOST[step]


def milder(one: Treatment, most: Treatment) -> Treatment:
    """Return a treatment, or the hardest allowed where that is milder."""
    return one if _ORDER[one] <= _ORDER[most] else most
