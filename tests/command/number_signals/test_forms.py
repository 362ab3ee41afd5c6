"""The form of a basis offers banks alone."""

from datetime import timedelta

from django.utils import timezone
from tests.command.people import World

from fanzha.command.number_signals.forms import BasisForm


def test_the_form_gives_the_terms(world: World) -> None:
    body = {
        "client": str(world["bank"].pk),
        "services": ["sim-swap", "kyc-tenure"],
        "document": "Agreement 2026/7",
        "legal_basis": "ATF18",
        "until": (timezone.now() + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M"),
        "quota_per_day": "100",
    }
    form = BasisForm(body)
    assert form.is_valid(), form.errors
    assert form.terms().client == world["bank"] and form.terms().services == ["sim-swap", "kyc-tenure"]
    assert not BasisForm(body | {"client": str(world["carrier"].pk)}).is_valid()
