"""Limit the size of uploads. A larger file is refused while it is being received."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

#: Anybody may send that much to the public pages: one picture of 8 MiB and the answers.
PUBLIC_BYTES = 9 * 1024 * 1024
#: A file of an app, and the other fields of the form.
APP_BYTES = 513 * 1024 * 1024
#: A file of a model, and the other fields of the form; `[research] model_megabytes` may be lower.
MODEL_BYTES = 201 * 1024 * 1024


class UploadLimit(FileUploadHandler):
    """Count received bytes. Place it before the handlers that store files."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._received = 0

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, str],
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        """Check the declared length. Raise RequestDataTooBig."""
        self._check(content_length)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Check the received length, and pass the chunk on. Raise RequestDataTooBig."""
        self._received += len(raw_data)
        self._check(self._received)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Return nothing, so that the next handler stores the file."""

    def _check(self, size: int) -> None:
        most = most_at(self.request.path_info if self.request else "")
        if size > most:
            raise RequestDataTooBig(f"more than {most} bytes were sent")


def most_at(path: str) -> int:
    """Return the maximum body size of a path in bytes: large for tables, logs and apps, small for public pages."""
    large: int = settings.TABLE_UPLOAD_MAX_BYTES
    usual: int = settings.FILE_UPLOAD_MAX_BYTES
    if path.startswith(("/app-samples/", "/api/v1/app_samples/")):
        return max(APP_BYTES, usual)
    if path.startswith(("/research/models/", "/api/v1/research/models")):
        return max(MODEL_BYTES, usual)
    if path.startswith(("/report/", "/appeal/")):
        return min(PUBLIC_BYTES, usual)
    tables = ("/imports/", "/api/v1/imports/", "/exposures/files/", "/api/v1/exposures/files")
    return large if path.startswith(tables) else usual
