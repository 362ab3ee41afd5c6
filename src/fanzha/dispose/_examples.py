"""Fictitious orders for the examples of channels; the numbers are in unassigned ranges."""

from fanzha.base.clock import moment_ms
from fanzha.base.words import Words
from fanzha.claims.verdict import VerdictScope
from fanzha.dispose._action import Action
from fanzha.dispose._instruction import Instruction, Target

GIVEN_AT = moment_ms("2026-03-01T08:00:00+08:00")
ANYWHERE = VerdictScope()
UNTIL = moment_ms("2026-03-08T08:00:00+08:00")


def example_order(
    action: Action, *targets: tuple[str, str], scope: VerdictScope = ANYWHERE, until: int = UNTIL
) -> Instruction:
    """Return a leg of an order from a fictitious centre to a fictitious receiver."""
    return Instruction(
        order="01JN7Z0000EXAMPLEORDER0001",
        leg="01JN7Z0000EXAMPLEORDER0001/carrier-a",
        action=action,
        targets=tuple(Target(kind, value) for kind, value in targets),
        issuer="a made-up centre",
        receiver="a made-up receiver",
        basis=("ATF13", "ATF32"),
        reason=Words("经两人核查，该号码用于冒充公检法", "checked by two persons: used to impersonate the police"),
        approved_by=("person-1", "person-2"),
        given_at=GIVEN_AT,
        until=until,
        answer_by=moment_ms("2026-03-01T08:05:00+08:00"),
        scope=scope,
        fraud_type="fake_authority",
    )
