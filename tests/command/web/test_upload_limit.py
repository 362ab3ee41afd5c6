"""A file that is too large is refused, by what the request says of itself and by what really comes."""

import pytest
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.test import Client, RequestFactory
from pytest_django import Settings
from tests.command.people import World

from fanzha.command.web.roles import Role
from fanzha.command.web.upload_limit import MODEL_BYTES, PUBLIC_BYTES, UploadLimit, most_at


def test_a_smaller_one_comes_through(settings: Settings) -> None:
    settings.FILE_UPLOAD_MAX_BYTES = 10_000
    request = RequestFactory().post("/", {"file": SimpleUploadedFile("a", b"x" * 5_000)})
    sent = request.FILES["file"]
    assert isinstance(sent, UploadedFile) and sent.read() == b"x" * 5_000


def test_a_larger_one_is_refused_before_it_is_read(settings: Settings) -> None:
    settings.FILE_UPLOAD_MAX_BYTES = 1_000
    request = RequestFactory().post("/", {"file": SimpleUploadedFile("a", b"x" * 5_000)})
    with pytest.raises(RequestDataTooBig):
        request.FILES  # noqa: B018


def test_one_that_grows_is_refused_while_it_comes(settings: Settings) -> None:
    settings.FILE_UPLOAD_MAX_BYTES = 1_000
    limit = UploadLimit()
    assert limit.receive_data_chunk(b"x" * 900, 0) == b"x" * 900
    with pytest.raises(RequestDataTooBig):
        limit.receive_data_chunk(b"x" * 200, 900)


def test_models_of_partners_may_be_larger(settings: Settings) -> None:
    settings.FILE_UPLOAD_MAX_BYTES = 1_000
    assert most_at("/research/models/new/") == most_at("/api/v1/research/models") == MODEL_BYTES
    assert most_at("/research/tables/new/") == 1_000


def test_whole_tables_are_imported_where_tables_are_and_nowhere_else(settings: Settings) -> None:
    settings.FILE_UPLOAD_MAX_BYTES = 1_000
    assert most_at("/imports/new/") == most_at("/api/v1/imports/jobs") == settings.TABLE_UPLOAD_MAX_BYTES
    assert most_at("/exposures/files/") == most_at("/api/v1/exposures/files") == settings.TABLE_UPLOAD_MAX_BYTES
    assert most_at("/processes/imports/") == most_at("/api/v1/flows/files") == 1_000


def test_anybody_sends_one_picture_to_the_public_pages(settings: Settings) -> None:
    settings.FILE_UPLOAD_MAX_BYTES = 50_000_000
    assert most_at("/report/new/") == PUBLIC_BYTES < most_at("/reports/new/")


def test_a_page_says_that_it_cannot_be_sent(world: World, settings: Settings) -> None:
    settings.FILE_UPLOAD_MAX_BYTES = 1_000
    client: Client = world.client("carrier", Role.ANALYST)
    client.raise_request_exception = False
    answer = client.post("/choose/theme/", {"theme": "dark", "file": SimpleUploadedFile("a", b"x" * 5_000)})
    assert answer.status_code == 400
