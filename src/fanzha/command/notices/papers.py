"""Read the pictures of papers that a person adds to an appeal: only their pixels are kept."""

from collections.abc import Iterable
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from fanzha.base.words import Words
from fanzha.command.notices.appeal_entry import MOST_PAPERS
from fanzha.command.web.screenshots import UnusableScreenshot, strip_screenshot

TOO_MANY = Words(f"最多上传{MOST_PAPERS}张图片", f"Add at most {MOST_PAPERS} pictures.")


def read_papers(uploads: Iterable[UploadedFile[Any]]) -> list[bytes]:
    """Return the stripped pictures. Raise UnusableScreenshot for another file, or too many."""
    files = list(uploads)
    if len(files) > MOST_PAPERS:
        raise UnusableScreenshot(TOO_MANY)
    return [strip_screenshot(upload.read()) for upload in files]
