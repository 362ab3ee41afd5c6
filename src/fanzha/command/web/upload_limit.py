"""Files that are sent are no larger than the site says: one that grows past that is refused while it still comes."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler


class UploadLimit(FileUploadHandler):
    """Counts what comes; stands before the handlers that keep it."""

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
        """Refuse by what the request says of its length. Raises RequestDataTooBig."""
        self._check(content_length)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass on, or refuse by what came. Raises RequestDataTooBig."""
        self._received += len(raw_data)
        self._check(self._received)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Keep nothing: the next handler does."""

    def _check(self, size: int) -> None:
        most = most_at(self.request.path_info if self.request else "")
        if size > most:
            raise RequestDataTooBig(f"more than {most} bytes were sent")


def most_at(path: str) -> int:
    """Return how many bytes a request to an address may have; whole tables are imported at few of them."""
    large: int = settings.TABLE_UPLOAD_MAX_BYTES
    usual: int = settings.FILE_UPLOAD_MAX_BYTES
    return large if path.startswith(("/imports/", "/api/v1/imports/")) else usual
