"""Changed verdicts on websites of the publisher are queued, others are not."""

from pathlib import Path

from django.utils import timezone
from tests.command.link_list.listed_sites import decide, publish
from tests.command.people import World
from tests.command.subjects.factories import subject

from fanzha.command.link_list.models import PendingLink
from fanzha.command.link_list.verdict_hooks import after_refresh


def test_only_websites_of_the_publisher_are_queued(world: World, home: Path) -> None:
    decide(world, "before.example")
    assert not PendingLink.objects.exists()
    publish(home, world)
    number, site = subject(), subject("shop.example", "website")
    after_refresh(world["carrier"].pk, [site.pk], timezone.now())
    assert not PendingLink.objects.exists()
    after_refresh(world["centre"].pk, [number.pk, site.pk], timezone.now())
    assert PendingLink.objects.get().subject_id == site.pk
