"""A pack has the same bytes for the same contents, hides what is not shown, and is never made of a broken log."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.processes.log.packs import LOG, PUBLIC, anchor, contents, covered, pack, shown
from tests.processes.log.written import IDENTITY

from fanzha.processes.log import checker
from fanzha.processes.log.pack import build_pack, prove_batch


def test_the_same_contents_in_any_order_are_the_same_bytes() -> None:
    about = {"about": ["process-0"]}
    first_pack = build_pack(covered(LOG, "process-0"), shown(LOG, "process-0"), about)
    second_pack = build_pack(covered(LOG, "process-0")[::-1], shown(LOG, "process-0")[::-1], about)
    assert first_pack == second_pack


def test_it_holds_the_entries_of_its_process_and_what_may_be_seen() -> None:
    files = contents(pack())
    entries = [json.loads(line) for line in files["entries.jsonl"].splitlines()]
    assert {entry["process"] for entry in entries} == {"process-0"}
    assert [entry["step"] for entry in entries] == list(range(1, len(entries) + 1))
    values = {json.loads(json.loads(line)["value"]) for line in files["personal.jsonl"].splitlines()}
    assert values == {f"+86170000{number:05}" for number in (0, 3, 6, 12)}
    assert json.loads(files["about.json"])["marking"] == "amber"


def test_nothing_personal_is_in_it_unless_it_is_shown() -> None:
    assert b"+86170" in pack()
    assert b"+86170" not in build_pack(covered(LOG, "process-0"), [], {})


def test_it_carries_readmes_in_both_languages_and_the_checker() -> None:
    files = contents(pack())
    assert "证据包" in files["README.zh.md"].decode() and "Evidence pack" in files["README.en.md"].decode()
    assert files["verify.py"] == Path(checker.__file__).read_bytes()
    named = {name for name in files if not name.startswith("README")}
    for readme in ("README.zh.md", "README.en.md"):
        assert {name for name in named if f"`{name}`".encode() in files[readme]} == named


def test_what_the_log_does_not_bear_out_is_not_packed() -> None:
    closed, heads = LOG[0], [one.batch.head for one in LOG]
    signed = anchor(LOG, 0, 5)
    with pytest.raises(ValueError, match="not what was anchored"):
        prove_batch(closed.batch, closed.entries, closed.leaves, signed, heads[::-1])
    with pytest.raises(ValueError, match="not what was anchored"):
        prove_batch(LOG[4].batch, LOG[4].entries, LOG[4].leaves, anchor(LOG, 0, 3), heads[:3])
    with pytest.raises(ValueError, match="entry 0 was changed"):
        prove_batch(closed.batch, closed.entries, closed.leaves[::-1], signed, heads)
    with pytest.raises(ValueError, match="batch 1 was changed"):
        prove_batch(closed.batch, [], closed.leaves[:2], signed, heads)
    with pytest.raises(ValueError, match="at least one"):
        build_pack([], [], {})


def test_openssl_agrees_as_the_readme_says(tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    assert openssl, "the README sends readers to openssl"
    files = contents(pack())
    for name in ("anchors.txt", "public-key.pem"):
        (tmp_path / name).write_bytes(files[name])
    steps = [line.strip() for line in files["README.en.md"].decode().splitlines() if line.startswith("       ")]
    assert steps == [line.strip() for line in files["README.zh.md"].decode().splitlines() if line.startswith("       ")]
    statement, signature, verify = steps
    line = files["anchors.txt"].decode().splitlines()[0]
    subprocess.run(["sh", "-c", statement], cwd=tmp_path, check=True)
    assert (tmp_path / "statement").read_text() == line.rpartition(":")[0]
    assert "xxd -r -p" in signature
    (tmp_path / "signature").write_bytes(bytes.fromhex(line.rpartition(":")[2]))
    done = subprocess.run(["sh", "-c", verify], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "Verified Successfully" in done.stdout
    assert line.startswith(f"fanzha-anchor:1:{IDENTITY}:3:") and PUBLIC in line
