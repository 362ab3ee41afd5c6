"""A dispute is shown with a masked number."""

from django.utils import timezone

from fanzha.command.number_tags.models import TagDispute
from fanzha.command.number_tags.schemas import TagDisputeOut


def test_the_number_is_masked() -> None:
    row = TagDispute(kind="phone_number", value="+8617000000001", disputed_at=timezone.now())
    assert "000000" not in TagDisputeOut.of(row).number
