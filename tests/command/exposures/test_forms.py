"""The digest of a document is computed from its file, and only bases in force are offered for files."""

from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from tests.command.exposures.exposures_made import basis_draft, confirmed_basis
from tests.command.people import World

from fanzha.command.exposures.bases import enter_basis
from fanzha.command.exposures.forms import ExposureBasisForm, LogForm
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_the_file_of_a_document_gives_its_digest() -> None:
    now = timezone.now()
    values = basis_draft(document_sha256="")._asdict() | {"is_automatic": "on"}
    values |= {"valid_from": now.strftime("%Y-%m-%dT%H:%M"), "valid_until": now.strftime("%Y-%m-%dT%H:%M")}
    files: MultiValueDict[str, UploadedFile[Any]] = MultiValueDict(
        {"document_file": [SimpleUploadedFile("order.pdf", b"an order")]}
    )
    form = ExposureBasisForm(values, files)
    assert form.is_valid(), form.errors
    assert form.draft().document_sha256 == sha256(b"an order").hexdigest() and form.draft().is_automatic
    form = ExposureBasisForm(values | {"document_sha256": " ABCDEF "})
    assert form.is_valid() and form.draft().document_sha256 == "abcdef"


def test_only_bases_in_force_are_offered(world: World) -> None:
    basis = confirmed_basis(world)
    confirmed_basis(world, "mvno")
    enter_basis(world["carrier"], basis_draft(), world.person("carrier", Role.LIAISON))
    confirmed_basis(world, valid_from=timezone.now() + timedelta(days=2))
    with scoped_to(world.viewer("carrier", Role.CLERK)):
        assert [ref for ref, _title in LogForm().fields["basis"].choices] == [basis.ref]  # type: ignore[attr-defined]
