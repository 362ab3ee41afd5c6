"""Either party finds what is done under its agreements; nobody else does."""

import pytest
from tests.command.people import World
from tests.command.research.research_world import agreement_of, approved_model, good_model
from tests.command.research.table_world import asked

from fanzha.command.research.models import ShadowRun
from fanzha.command.research.selectors import list_agreements, list_models, list_runs, list_tables
from fanzha.command.research.shadow_runs import run_model
from fanzha.command.web.scoping import scoped_to

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_agreements_models_and_tables_are_of_the_parties_and_runs_of_the_owner(world: World) -> None:
    model = approved_model(world, good_model())
    asked(world, agreement_of(world, number="R-2"), ())
    run_model(model.ref)
    found = {}
    for name in ("carrier", "partner", "bank", "administration"):
        with scoped_to(world.viewer(name)):
            counts = (list_agreements().count(), list_models().count(), list_tables().count())
            found[name] = (*counts, len(list_runs(model)))
    assert found == {
        "carrier": (2, 1, 1, 1),
        "partner": (2, 1, 1, 0),
        "bank": (0, 0, 0, 0),
        "administration": (0, 0, 0, 0),
    }
    assert ShadowRun._base_manager.count() == 1
