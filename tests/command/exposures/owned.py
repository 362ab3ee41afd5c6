"""What a carrier has of exposures in the access matrix: a basis with a secret document, a file, and a case."""

from datetime import timedelta

from django.utils import timezone
from tests.command.access.owning import Owned
from tests.command.exposures.exposures_made import basis_draft
from tests.command.people import World

from fanzha.command.exposures.bases import confirm_basis, enter_basis
from fanzha.command.exposures.intake import submit_file
from fanzha.command.exposures.models import Exposure
from fanzha.command.web.roles import Role

CASE = "01EXPQSVRECASE000000000000"


def owned(world: World, secret: str) -> Owned:
    """Make them."""
    basis = enter_basis(
        world["carrier"], basis_draft(document=secret, source=secret), world.person("carrier", Role.PRIVACY_OFFICER)
    )
    confirm_basis(basis, world.person("carrier", Role.LIAISON))
    file = submit_file(world["carrier"], basis.ref, f"{secret}.csv", [b"number,time,host\n"], None).file
    now = timezone.now()
    Exposure._base_manager.create(
        owner=world["carrier"], basis=basis, file=file, case=CASE, order=CASE, number="+8617000000077", person="0" * 32,
        host=f"{secret.lower()}.example", name=f"{secret.lower()}.example", first_at=now, last_at=now, visits=1,
        keep_until=now + timedelta(days=9),
    )  # fmt: skip
    draft = basis_draft()
    body = draft._asdict() | {
        "valid_from": draft.valid_from.isoformat(),
        "valid_until": draft.valid_until.isoformat(),
    }
    api = "api/v1/exposures"
    return Owned(
        hidden={
            "exposures/bases/{ref}": basis.ref,
            "exposures/cases/{ref}": CASE,
            f"{api}/bases/{{ref}}": basis.ref,
            f"{api}/files/{{ref}}": file.ref,
            f"{api}/cases/{{ref}}": CASE,
        },
        bodies={
            "POST exposures/bases/{ref}/": {"do": "withdraw"},
            "POST exposures/cases/{ref}/": {"purpose": "a call-back"},
            "POST exposures/bases/": {name: str(value) for name, value in body.items() if name != "is_automatic"},
            "POST exposures/files/": {"basis": basis.ref},
            f"POST {api}/bases": body,
            f"POST {api}/cases/{{ref}}/people": {"purpose": "a call-back"},
        },
    )
