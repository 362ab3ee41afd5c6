"""Each spared number has an owner, a proof, an origin that proves it, and an end."""

import pytest
from tests.command.imports.factories import SPARED, counts, handed_in
from tests.command.people import World

from fanzha.command.imports import uploads

HEAD = SPARED.splitlines()[0]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("95xxx,中继,MSC-1,某,合同,2099-01-01", "number"),
        ("+8617000001234,anywhere,MSC-1,某,合同,2099-01-01", "origin_kind"),
        ("+8617000001234,ingress,the moon,某,合同,2099-01-01", "origin"),
        ("+8617000001234,trunk,MSC-1,,合同,2099-01-01", "owner"),
        ("+8617000001234,trunk,MSC-1,某,,2099-01-01", "proof"),
        ("+8617000001234,trunk,MSC-1,某,合同,", "until"),
        ("+8617000001234,trunk,MSC-1,某,合同,2020-01-01", "until"),
        ("+8617000001234,trunk,MSC-1,某,合同,some day", "until"),
        ("+8617000001234,trunk,MSC-1,某,合同,9999-12-31", "until"),
    ],
)
def test_a_row_without_one_of_them_is_told(world: World, row: str, column: str) -> None:
    job = handed_in(world, "spared", f"{SPARED}{row}\n")
    assert counts(job) == ("proposed", 0, 1, 1)
    assert [(reject["row"], reject["column"]) for reject in uploads.read_rejects(job.ref)] == [(3, column)]
    assert HEAD in SPARED
