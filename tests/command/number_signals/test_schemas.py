"""The schema of a basis names organisations by reference."""

from tests.command.number_signals.bank_world import basis
from tests.command.people import World

from fanzha.command.number_signals.schemas import SignalBasisOut


def test_a_basis_names_both_organisations(world: World) -> None:
    out = SignalBasisOut.of(basis(world))
    assert (out.owner, out.client) == (world["carrier"].ref, world["bank"].ref)
