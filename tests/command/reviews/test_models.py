"""A sample is marked twice when both markers are done, and an item is in it once."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from tests.command.people import World
from tests.command.reviews.factories import drawn, findings

from fanzha.command.reviews.models import ReviewItem


def test_an_item_is_once_in_a_sample(world: World) -> None:
    findings(world)
    sample = drawn(world)
    item = ReviewItem._base_manager.filter(sample=sample)[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        ReviewItem._base_manager.create(sample=sample, item=item.item, finding_id="other", stratum=0)
    assert not sample.is_marked_twice and str(sample).startswith("sample ") and str(item) == item.item
    sample.first_at = sample.second_at = timezone.now()
    assert sample.is_marked_twice
