"""Rows say what they are, and a request of another operator has one row."""

import pytest
from django.db import IntegrityError, transaction
from tests.command.call_traceback.chain_made import UNSCOPED, begin
from tests.command.people import World

from fanzha.command.call_traceback.links import save_link
from fanzha.command.call_traceback.models import Traceback, TrunkParty
from fanzha.command.web.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_one_row_a_request(world: World) -> None:
    link = save_link(world.viewer("carrier", Role.ADMINISTRATOR), world["mvno"])
    first, second = begin(world), begin(world)
    rows = UNSCOPED.rows(Traceback)
    rows.filter(pk=first.pk).update(asker=link, request="R")
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.filter(pk=second.pk).update(asker=link, request="R")


def test_rows_name_themselves_without_numbers(world: World) -> None:
    row = begin(world)
    assert row.ref in str(row) and row.called not in str(row) and str(TrunkParty(trunk="T-1")) == "T-1"
