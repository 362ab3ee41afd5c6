"""Validate evidence files: accepted type, matching content, no known malware.

Malware as evidence must be uploaded in an encrypted archive, so that it is not opened by accident.
"""

import logging
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from fanzha.command.processes.malware_scan import scan
from fanzha.store.file_types import HEAD_BYTES, TYPES, file_suffix, is_accepted, matches_content

logger = logging.getLogger(__name__)


class EvidenceFileField(forms.FileField):
    """A form field of an evidence file."""

    def run_validators(self, value: Any) -> None:
        """Validate the uploaded file. Raise ValidationError."""
        super().run_validators(value)
        if value:
            validate_file(value)


def validate_file(file: "UploadedFile[Any]") -> None:
    """Check a file's type, its content and whether it is malware. Raise ValidationError with words for the person."""
    name = file.name or ""
    if not is_accepted(name):
        words = _("This type of file is not accepted. Upload it inside a .zip archive. Accepted types: %(types)s.")
        raise ValidationError(words % {"types": ", ".join(sorted(TYPES))}, code="file_type")
    file.seek(0)
    if not matches_content(name, file.read(HEAD_BYTES)):
        words = _("This is not a .%(ending)s file. Give it the extension of its real type.")
        raise ValidationError(words % {"ending": file_suffix(name)}, code="file_content")
    _scan(file)
    file.seek(0)


def _scan(file: "UploadedFile[Any]") -> None:
    if not settings.SCANNER:
        return
    malware, fault = scan(file.chunks(), settings.SCANNER)
    if fault:
        logger.error("the scanner of evidence files cannot tell: %s", fault)
        raise ValidationError(_("Files cannot be checked for malware now. Try again later."), code="file_scanner")
    if malware:
        logger.warning("malware was handed in: %s", malware)
        words = _(
            "This file is known malware (%(name)s). To submit it as evidence, put it in a password-protected archive."
        )
        raise ValidationError(words % {"name": malware}, code="file_malware")
