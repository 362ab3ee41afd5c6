"""How far a trunk enforces treatments: limits the meant treatment by the trunk's enforcement steps."""

import msgspec

from fanzha.claims.rule_lifecycle import sampling_position
from fanzha.claims.treatment import TREATMENTS, Treatment
from fanzha.screen.settings import EnforcementStep, TrunkSettings

_HARDEST: dict[EnforcementStep, Treatment] = {
    EnforcementStep.OFF: Treatment.ALLOW,
    EnforcementStep.SHADOW: Treatment.ALLOW,
    EnforcementStep.LABEL: Treatment.LABEL,
    EnforcementStep.SHARE: Treatment.LABEL,  # outside the share
    EnforcementStep.REFUSE: Treatment.REFUSE,
}
_ORDER = {treatment: rank for rank, treatment in enumerate(TREATMENTS)}


class TrunkEnforcement:
    """The enforcement steps of one trunk for lists, gateway guard, rules and labels."""

    def __init__(self, name: str, trunk: TrunkSettings, key: bytes) -> None:
        """Read the steps from the trunk's settings; `key` makes the sampling of calls unpredictable."""
        self.off = all(
            step is EnforcementStep.OFF for step in (trunk.acts, trunk.lists, trunk.guard, trunk.rules) if step
        )
        self.lists, self.guard, self.rules = (step or trunk.acts for step in (trunk.lists, trunk.guard, trunk.rules))
        self.label = trunk.acts
        self.has_share = EnforcementStep.SHARE in (self.lists, self.guard, self.rules, self.label)
        self._name, self._share, self._key = name, trunk.share, key

    def is_in_share(self, call_id: str) -> bool:
        """Return whether a call is in the trunk's enforced share; False where no step is `share`."""
        return self.has_share and sampling_position(self._key, self._name, "call", call_id) < self._share

    def hardest_treatment(self, step: EnforcementStep, call_id: str) -> Treatment:
        """Return the hardest treatment that a source at this step may cause for this call."""
        return hardest_allowed(step, self.is_in_share(call_id))


def shadow_settings(trunk: TrunkSettings) -> TrunkSettings:
    """Return the settings of a trunk in shadow: every call is evaluated, none is treated. One that is off stays off."""
    steps = (trunk.acts, trunk.lists or trunk.acts, trunk.guard or trunk.acts, trunk.rules or trunk.acts)
    if all(step is EnforcementStep.OFF for step in steps):
        return trunk
    return msgspec.structs.replace(trunk, acts=EnforcementStep.SHADOW, lists=None, guard=None, rules=None, share=0.0)


def hardest_allowed(step: EnforcementStep, in_share: bool) -> Treatment:
    """Return the hardest treatment that a step allows, for a call in the enforced share or outside it."""
    return Treatment.REFUSE if in_share and step is EnforcementStep.SHARE else _HARDEST[step]


def cap_treatment(treatment: Treatment, limit: Treatment) -> Treatment:
    """Return the milder of a treatment and its limit."""
    return treatment if _ORDER[treatment] <= _ORDER[limit] else limit
