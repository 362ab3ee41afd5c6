"""Bodies become drafts, and rows become answers with references of organisations."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.research.research_world import agreement_of, model_of
from tests.command.research.table_world import asked

from fanzha.command.research.schemas import AgreementOut, PartnerModelIn, PartnerModelOut, ResearchTableOut

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_columns_are_split_at_commas() -> None:
    body = PartnerModelIn(
        agreement="A", name="m", version="1", licence="MIT", transport="onnx", kind="phone_number",
        features="calls, findings,", valid_until=timezone.now() + timedelta(days=1), url="", sha256="",
    )  # fmt: skip
    draft = body.to_draft(b"x")
    assert draft.features == ("calls", "findings") and draft.body == b"x"


def test_rows_name_parties_and_agreements_by_reference(world: World) -> None:
    agreement = agreement_of(world)
    out = AgreementOut.of(agreement)
    assert (out.owner, out.partner, out.is_in_force) == (world["carrier"].ref, world["partner"].ref, True)
    assert PartnerModelOut.of(model_of(world, agreement)).agreement == agreement.ref
    assert ResearchTableOut.of(asked(world, agreement, ("month",))).dimensions == ["month"]
