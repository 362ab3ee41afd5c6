"""What a screen answers for is known to whoever throws a switch; nothing is known where none has run."""

from pathlib import Path

from fanzha.store.screen_trunks import read_trunks, trunks_file, write_trunks


def test_names_come_back_sorted_and_a_broken_file_tells_nothing(tmp_path: Path) -> None:
    assert read_trunks(tmp_path) is None
    write_trunks(["MSC-1", "IGW-1"], tmp_path)
    assert read_trunks(tmp_path) == ["IGW-1", "MSC-1"]
    trunks_file(tmp_path).write_text("{")
    assert read_trunks(tmp_path) is None
