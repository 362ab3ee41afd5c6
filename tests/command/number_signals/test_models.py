"""Rows of number signals are read by the holder of the data and by the bank, by nobody else."""

from tests.command.number_signals.bank_world import basis
from tests.command.people import World

from fanzha.command.number_signals.models import IndicatorFeedback, SignalBasis, SignalRequest
from fanzha.command.web.roles import Role


def test_two_organisations_read_a_row(world: World) -> None:
    basis(world)
    readers = [name for name in ("carrier", "bank", "police", "centre", "far_carrier")
               if SignalBasis.as_read_by(world.viewer(name, Role.LIAISON)).exists()]  # fmt: skip
    assert readers == ["carrier", "bank"]
    viewer = world.viewer("carrier", Role.LIAISON)
    assert "client" in str(SignalRequest.readable(viewer)) and "stated_by" in str(IndicatorFeedback.readable(viewer))
