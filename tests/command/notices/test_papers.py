"""Pictures of papers are stripped; too many and other files are refused."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.command.web.test_screenshots import SECRET, png

from fanzha.command.notices.papers import read_papers
from fanzha.command.web.screenshots import UnusableScreenshot


def picture(data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("a.png", data, "image/png")


def test_only_pixels_are_kept() -> None:
    (paper,) = read_papers([picture(png())])
    assert SECRET not in paper and SECRET in png()


@pytest.mark.parametrize("uploads", [[b"MZ"], [b"%PDF-1.7"], [b"\x89PNG\r\n\x1a\n" + bytes(8)] * 4])
def test_what_is_no_picture_or_too_much_is_refused(uploads: list[bytes]) -> None:
    with pytest.raises(UnusableScreenshot):
        read_papers(picture(data) for data in uploads)
