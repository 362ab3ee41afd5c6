"""What a carrier has of number tags in the access matrix: a dispute with a statement."""

from django.utils import timezone
from tests.command.access.owning import Owned
from tests.command.people import World

from fanzha.command.number_tags.models import NumberProof, TagDispute


def owned(world: World, secret: str) -> Owned:
    """Make it."""
    now = timezone.now()
    NumberProof._base_manager.create(owner=world["carrier"], value="+8617000000001", method="records", at=now)
    row = TagDispute._base_manager.create(
        owner=world["carrier"], kind="phone_number", value="+8617000000001", code_hash="0" * 32, given_at=now,
        statement=secret, disputed_at=now,
    )  # fmt: skip
    thing = {"kind": "phone_number", "value": "+8617000000001"}
    api = "api/v1/number_tags"
    return Owned(
        hidden={"tag-disputes/{ref}": row.ref, f"{api}/disputes/{{ref}}": row.ref},
        shared={"tags/hashes/{kind}": "phone_number", "tags/hashes/{kind}/{prefix}": "0000"},
        bodies={
            f"POST {api}/tags": thing | {"category": "fraud", "tagger": "u1"},
            f"POST {api}/settlements": thing | {"outcome": "refuted"},
            f"POST {api}/proofs": {"number": "+8617000000001", "method": "records"},
            f"POST {api}/codes": {"number": "+8617000000001"},
        },
    )
