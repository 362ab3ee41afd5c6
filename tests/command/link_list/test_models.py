"""A pending link names its subject and goes with it."""

from django.utils import timezone
from tests.command.people import World
from tests.command.subjects.factories import subject

from fanzha.command.link_list.models import PendingLink
from fanzha.command.web.scoping import unscoped


def test_it_goes_with_its_subject(world: World) -> None:
    site = subject("shop.example", "website")
    row = PendingLink.objects.create(subject=site, queued_at=timezone.now())
    assert str(row) == str(site.pk)
    with unscoped("test"):
        site.delete()
    assert not PendingLink.objects.exists()
