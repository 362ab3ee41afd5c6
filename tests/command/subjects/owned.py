"""What a carrier says of a subject in the access matrix: a subject of which nobody else knows, an opinion, a share."""

from datetime import timedelta

from django.utils import timezone
from tests.command.access.owning import Owned
from tests.command.people import World
from tests.command.subjects.factories import finding_row, subject

from fanzha.base.ids import digest
from fanzha.command.subjects.models import OpinionRow, Share


def owned(world: World, secret: str) -> Owned:
    """Make a site of which the carrier alone has a finding and an opinion."""
    about, now = subject(f"https://{secret}.example/", "website"), timezone.now()
    finding_row(world["carrier"], about, valid_until=now + timedelta(days=7))
    said = OpinionRow._base_manager.create(
        opinion_id=digest(secret),
        subject=about,
        owner=world["carrier"],
        level="suspected",
        given_at=now,
        reason_zh=secret,
        reason_en=secret,
    )
    shared = Share._base_manager.create(
        subject=about, owner=world["carrier"], receiver=world["isp"], purpose=secret, shared_at=now
    )
    api = "api/v1/subjects"
    return Owned(
        hidden={
            "subjects/{ref}": about.ref,
            "subjects/opinions/{opinion}": said.opinion_id,
            "subjects/shares/{share}": shared.ref,
            f"{api}/{{ref}}": about.ref,
            f"{api}/shares/{{share}}": shared.ref,
            f"{api}/opinions/{{opinion_id}}": said.opinion_id,
        },
    )
