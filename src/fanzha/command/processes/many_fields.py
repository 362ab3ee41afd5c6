"""Form fields that hold many values: several files of one choice, numbers or moments one a line."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from fanzha.command.processes.evidence_file import EvidenceFile


class SeveralFiles(forms.FileInput):
    """A browser's choice of several files."""

    allow_multiple_selected = True


class FilesField(EvidenceFile):
    """Several files of evidence; cleaned they are a list, an empty one where none was chosen."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        """Return the files; raises ValidationError for one that is empty, or for none where some are needed."""
        found = [super(FilesField, self).clean(one, initial) for one in data or [None]]
        return [one for one in found if one]


class LinesField(forms.CharField):
    """Many values, one a line, each cleaned by a field of its own; cleaned they are a list without repeats."""

    def __init__(self, one: forms.Field | None = None, **told: Any) -> None:
        """Take the field of one line; texts without one."""
        super().__init__(**told, widget=forms.Textarea({"rows": 6}))
        self.one = one

    def clean(self, value: Any) -> list[Any]:
        """Return the values; raises ValidationError for a line that is none."""
        found = lines(str(super().clean(value)).splitlines())
        return [self.one.clean(line) if self.one else line for line in found]


def lines(told: Iterable[str]) -> Iterable[str]:
    """Return lines that say something, each once, in order."""
    return dict.fromkeys(line.strip() for line in told if line.strip())
