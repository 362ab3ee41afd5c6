"""A trial is offered approved versions of its own wording alone."""

from pathlib import Path

from tests.command.people import World
from tests.command.warnings.wordings_made import approved, write

from fanzha.command.warnings.forms import TrialForm, WordingForm
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to


def test_only_approved_versions_can_be_chosen(world: World, home: Path) -> None:
    row, _draft = approved(world), write(world)
    with scoped_to(world.viewer("carrier", Role.ANALYST)):
        fields = TrialForm(fraud_type="fake_loan", channel="text").fields
        assert [*fields["wordings"].queryset] == [row]  # type: ignore[attr-defined]
        assert not TrialForm(fraud_type="fake_loan", channel="voice").fields["wordings"].queryset  # type: ignore[attr-defined]
    assert not WordingForm({"zh": "请挂断", "en": ""}).is_valid()
