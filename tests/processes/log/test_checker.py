"""The checker in a pack runs on a bare Python and finds whatever was changed in the pack."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.processes.log.packs import LOG, PUBLIC, anchor, contents, covered, pack, zipped

from fanzha.processes.log.checker import Fault, check, files, main
from fanzha.processes.log.pack import build_pack

PACK = pack()
FILES = contents(PACK)
#: What a pack says but does not prove.
UNPROVEN = {"README.en.md", "README.zh.md", "about.json", "public-key.pem", "verify.py"}
PROVEN = sorted(FILES.keys() - UNPROVEN)


def bare(folder: Path, data: bytes, *words: str) -> subprocess.CompletedProcess[str]:
    """Unpack the checker of a pack and run it with no package in reach, in a folder of its own."""
    (folder / "pack.zip").write_bytes(data)
    (folder / "verify.py").write_bytes(FILES["verify.py"])
    call = [sys.executable, "-I", "-S", "-W", "error", "verify.py", "pack.zip", *words]
    return subprocess.run(call, cwd=folder, capture_output=True, text=True, check=False, env={"PYTHONUTF8": "1"})


def test_a_good_pack_is_valid(tmp_path: Path) -> None:
    done = bare(tmp_path, PACK, "--key", PUBLIC)
    assert (done.returncode, done.stderr) == (0, "")
    assert "有效 VALID" in done.stdout and "entries: 9" in done.stdout and "left_out: []" in done.stdout


def test_without_a_key_it_says_what_remains_to_be_compared(tmp_path: Path) -> None:
    done = bare(tmp_path, PACK)
    assert done.returncode == 0 and "if the key is the issuer's" in done.stdout and PUBLIC in done.stdout


def test_a_changed_entry_is_not_valid_and_is_named(tmp_path: Path) -> None:
    changed = FILES | {"entries.jsonl": FILES["entries.jsonl"].replace(b"approved", b"refused", 1)}
    done = bare(tmp_path, zipped(changed), "--key", PUBLIC)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == "无效 NOT VALID: 批次 1 条目 0 被更改 batch 1 entry 0 was changed\n"


def test_a_key_or_an_anchor_that_is_not_the_issuers_is_found(tmp_path: Path) -> None:
    assert "signed under another key" in bare(tmp_path, PACK, "--key", "00" * 32).stdout
    published = tmp_path / "published"
    published.write_bytes(FILES["anchors.txt"])
    assert bare(tmp_path, PACK, "--anchors", "published").returncode == 0
    published.write_text(anchor(LOG, 0, 5).line)
    assert "not among those published" in bare(tmp_path, PACK, "--anchors", "published").stdout


def test_what_is_no_pack_is_told(tmp_path: Path) -> None:
    assert bare(tmp_path, b"no zip").returncode == 1
    assert bare(tmp_path, PACK, "more").returncode == 2
    assert bare(tmp_path, zipped({})).returncode == 1


def test_of_a_process_what_is_left_out_in_between_is_named() -> None:
    gone = covered(LOG, "process-0")
    for index, name in ((1, "process-0: 3"), (2, "process-0: 4, 5")):
        pack_files = contents(build_pack(gone[:index] + gone[index + 1 :], [], {}))
        assert check(pack_files, PUBLIC)["left_out"] == [name]


@given(st.data())
def test_no_line_can_be_changed_dropped_doubled_or_moved(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(PROVEN))
    lines = FILES[name].splitlines(keepends=True)
    index = data.draw(st.integers(0, len(lines) - 1))
    what = data.draw(st.sampled_from(["drop", "double", "swap", "bit"]))
    if what == "drop":
        del lines[index]
    elif what == "double":
        lines.insert(index, lines[index])
    elif what == "swap":
        lines.append(lines.pop(index))
    else:
        line = bytearray(lines[index])
        line[data.draw(st.integers(0, len(line) - 2))] ^= 1 << data.draw(
            st.sampled_from([0, 1, 2, 3, 4, 6])
        )  # 5: capitals
        lines[index] = bytes(line)
    changed = FILES | {name: b"".join(lines)}
    # Anchors and personal values stand by themselves: their order says nothing, and fewer values are fewer values.
    harmless = {"anchors.txt": ("double", "swap"), "personal.jsonl": ("drop", "double", "swap")}.get(name, ())
    if changed[name] != FILES[name] and what not in harmless:
        with pytest.raises(Fault):
            check(changed, PUBLIC)


@pytest.mark.parametrize("name", PROVEN)
def test_a_file_that_is_missing_is_found(name: str) -> None:
    with pytest.raises(Fault, match="missing"):
        check({other: data for other, data in FILES.items() if other != name}, PUBLIC)


def test_names_that_stand_twice_are_refused(tmp_path: Path) -> None:
    double = zipped({"entries.jsonl": b"1", "entries.jsonk": b"2"}).replace(b"entries.jsonk", b"entries.jsonl")
    (tmp_path / "pack.zip").write_bytes(double)
    with pytest.raises(Fault, match="twice"):
        files(str(tmp_path / "pack.zip"))


def test_it_can_be_called_from_python_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "pack.zip").write_bytes(PACK)
    assert main([str(tmp_path / "pack.zip"), "--key", PUBLIC]) == 0
    assert "VALID" in capsys.readouterr().out
    assert main([]) == 2
