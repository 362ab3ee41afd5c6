"""Many values of a field: lines that say something, each once, each cleaned as one would be."""

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile

from fanzha.command.processes.many_fields import FilesField, LinesField


def test_lines_are_values_each_once() -> None:
    assert LinesField().clean(" a \n\nb\na\r\n") == ["a", "b"]
    assert LinesField(forms.FloatField()).clean("1\n0.5") == [1.0, 0.5]
    assert LinesField(required=False).clean("") == []


@pytest.mark.parametrize("told", ["1\ntwo", "", " \n "])
def test_a_line_that_is_no_value_is_refused(told: str) -> None:
    with pytest.raises(forms.ValidationError):
        LinesField(forms.FloatField()).clean(told)


def test_files_are_a_list_and_none_is_too_few_where_some_are_needed() -> None:
    one = SimpleUploadedFile("one.txt", b"one")
    assert FilesField().clean([one, one]) == [one, one]
    assert FilesField(required=False).clean([]) == []
    for wrong in ([], [one, SimpleUploadedFile("two.txt", b"")], [one, SimpleUploadedFile("x.exe", b"x")]):
        with pytest.raises(forms.ValidationError):
            FilesField().clean(wrong)
