"""A picture is read in a child process, which says why it cannot."""

import pytest

from fanzha.command.reports.picture_text import UnreadablePicture, is_installed, read_text


@pytest.mark.skipif(is_installed(), reason="the extra `ocr` is installed")
def test_without_the_package_the_child_ends_with_a_reason(tmp_path: object) -> None:
    with pytest.raises(UnreadablePicture):
        read_text(tmp_path / "none.png")  # type: ignore[operator]
