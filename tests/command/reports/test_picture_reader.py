"""What the child that reads pictures refuses; the reading itself is tested beside the real program in the field."""

from pathlib import Path

import pytest

from fanzha.base.child_worker import ChildRefusal
from fanzha.command.reports.picture_reader import read_picture
from fanzha.command.reports.picture_text import is_installed


@pytest.mark.skipif(not is_installed(), reason="the extra `ocr` is not installed")
def test_what_is_no_picture_is_refused_before_the_program_starts(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\xff\xd8\xff" + b"\0" * 50)
    with pytest.raises(ChildRefusal, match="damaged"):
        list(read_picture(str(tmp_path / "a")))
