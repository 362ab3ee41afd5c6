"""What a carrier has of the watch of new sites in the access matrix: a candidate, and the evidence of a fork."""

from django.utils import timezone
from tests.command.access.owning import Owned
from tests.command.people import World

from fanzha.command.site_watch.models import CandidateSite, ForkEvidence


def owned(world: World, secret: str) -> Owned:
    """Make them."""
    now = timezone.now()
    row = CandidateSite._base_manager.create(
        owner=world["carrier"], subject="bank.example", host="www.bank.example", brand="icbc.com.cn", score=0.7,
        sentence_zh=secret, sentence_en=secret, source="log", reference="7", seen_at=now, imported_at=now,
    )  # fmt: skip
    ForkEvidence._base_manager.create(
        owner=world["carrier"], log_id="00" * 32, log_name="log", known=secret, other=secret, problem="two roots",
        found_at=now,
    )  # fmt: skip
    return Owned(hidden={"new-sites/{ref}": row.ref, "api/v1/site_watch/candidates/{ref}": row.ref})
