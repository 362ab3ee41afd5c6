"""Wordings and trials are read by their organisation alone."""

from pathlib import Path

from tests.command.people import World
from tests.command.warnings.wordings_made import running

from fanzha.command.warnings.models import TrialArm, Wording, WordingTrial
from fanzha.command.web.roles import Role


def test_others_read_neither_wordings_nor_trials(world: World, home: Path) -> None:
    trial = running(world)
    arm = TrialArm.objects.select_related("wording").first()
    assert arm and str(arm) == str(arm.wording_id) and str(arm.wording) == "fake_loan/text/1"
    assert str(trial) == "fake_loan/text"
    for model in (Wording, WordingTrial):
        assert model.as_read_by(world.viewer("carrier", Role.ANALYST)).exists()
        assert not model.as_read_by(world.viewer("administration", Role.ANALYST)).exists()
