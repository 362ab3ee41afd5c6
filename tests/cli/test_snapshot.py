"""`fanzha snapshot` builds, shows, compares and verifies, for people in both languages and for machines as JSON."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fanzha.base.errors import UsageError
from fanzha.claims.snapshot import DamagedSnapshot
from fanzha.cli import fanzha
from fanzha.store.snapshots import ChangeLimitExceeded

HEADER = "organisation,subject,level,given_at,decision,treatment,basis,reason_zh,reason_en\n"
ONE = "+8617000000001"


@pytest.fixture(autouse=True)
def state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path / "home"


def run(*words: object) -> Result:
    return CliRunner().invoke(fanzha, ["snapshot", *map(str, words)])


def done(*words: object) -> str:
    result = run(*words)
    assert result.exception is None, result.output
    return result.output


def opinions(tmp_path: Path, count: int = 1, level: str = "suspected", treatment: str = "") -> Path:
    path = tmp_path / "opinions.csv"
    decided = f"yes,{treatment},ATF Art. 13" if treatment else ",,"
    rows = (
        f"a made-up bank,+86170{index:08},{level},2026-03-01,{decided},多人投诉,many complained\n"
        for index in range(1, count + 1)
    )
    path.write_text(HEADER + "".join(rows), "utf-8")
    return path


def test_a_snapshot_is_built_shown_and_verified(tmp_path: Path) -> None:
    output = done("build", "--opinions", opinions(tmp_path))
    assert (
        "采用证据 evidence used: 1" in output
        and "新列入 newly listed" in output
        and "已发布快照 published: 1" in output
    )
    printed_output = done("show")
    assert "快照 snapshot 1" in printed_output and "号码 numbers" in printed_output and "protected" in printed_output
    assert "完好 whole" in done("verify")


def test_what_is_said_of_a_value_is_shown_with_why(tmp_path: Path) -> None:
    path = opinions(tmp_path)
    done("build", "--opinions", path)
    printed_output = done("show", "170 0000 0001", "--opinions", path)
    assert "关注 watch" in printed_output and "放行 allow" in printed_output and "不限 anywhere" in printed_output
    assert (
        "意见 opinion" in printed_output and "多人投诉 many complained" in printed_output and "0.54" in printed_output
    )
    assert "未列入 not listed" in done("show", "170 0000 0002")
    content = json.loads(done("show", ONE, "--json", "--opinions", path))
    assert content["entries"][0]["level"] == "watch" and content["verdicts"][0]["why"][0]["weight"] == 0.54


def test_machines_read_json(tmp_path: Path) -> None:
    built = json.loads(done("build", "--json", "--opinions", opinions(tmp_path)))
    assert (built["sequence"], built["evidence_used"], built["difference"]["added"]) == (1, 1, 1)
    printed_output = json.loads(done("show", "--json"))
    assert printed_output["facts"]["numbers"] == 1 and printed_output["deltas"] == []


def test_too_many_refusals_need_an_approval_with_a_reason(tmp_path: Path) -> None:
    path = opinions(tmp_path, 101, treatment="refuse")
    refused = run("build", "--opinions", path)
    assert isinstance(refused.exception, ChangeLimitExceeded)
    assert "将新拒绝 101" in str(refused.exception) and "newly refuse 101" in str(refused.exception)
    assert isinstance(run("build", "--opinions", path, "--approve-by", "a made-up operator").exception, UsageError)
    done("build", "--opinions", path, "--approve-by", "a made-up operator", "--why", "an order")
    assert "批准 approved by a made-up operator: an order" in done("show")


def test_deltas_and_comparisons(tmp_path: Path, state: Path) -> None:
    path = opinions(tmp_path, 2)
    done("build", "--opinions", path)
    before = next((state / "snapshots").glob("base-*"))
    opinions(tmp_path, 1)
    output = done("build", "--delta", "--opinions", path)
    assert "移出 no longer listed" in output and "delta-00000002" in output
    assert "无变化，已确认快照 nothing differs, confirmed: 2" in done("build", "--delta", "--opinions", path)
    assert "移出 no longer listed" in done("diff", before)
    assert json.loads(done("diff", before, state / "snapshots", "--json"))["removed"] == 1
    done("build", "--delta", "--only", f"phone_number:{ONE}")
    assert "未列入 not listed" in done("show", ONE)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("show",), "holds no snapshot"),
        (("build", "--only", "phone_number:110"), "belongs to --delta"),
        (("build", "--delta", "--only", "110"), "not a subject"),
        (("build", "--delta", "--only", "planet:mars"), "no kind 'planet'"),
        (("build", "--delta", "--only", "host:x y"), "not a host"),
        (("build", "--at", "soon"), "not a moment"),
    ],
)
def test_a_usage_error_is_named(words: tuple[str, ...], why: str) -> None:
    assert why in str(run(*words).exception)


def test_a_damaged_file_ends_with_3_and_a_delta_alone_is_no_snapshot(tmp_path: Path, state: Path) -> None:
    done("build", "--opinions", opinions(tmp_path))
    done("build", "--delta")
    base, delta = sorted((state / "snapshots").glob("*.snapshot"))
    assert "without its base" in str(run("verify", delta).exception)
    data = bytearray(base.read_bytes())
    data[-1] ^= 1
    base.write_bytes(data)
    assert isinstance(run("verify").exception, DamagedSnapshot) and isinstance(
        run("diff", base).exception, DamagedSnapshot
    )
    call = [sys.executable, "-m", "fanzha", "snapshot", "verify", str(base)]
    ended = subprocess.run(call, capture_output=True, text=True, check=False)
    assert ended.returncode == 3 and "损坏" in ended.stderr and "Traceback" not in ended.stderr


def test_the_guard_of_a_proxy_is_written_into_a_folder(tmp_path: Path) -> None:
    done("build", "--opinions", opinions(tmp_path, treatment="refuse"))
    guard = tmp_path / "guard"
    guard.mkdir()
    assert "拒绝号码 refused numbers: 1；" in done("guard", guard)
    assert f"r{ONE}:0:1:1:0\n" in (guard / "guard").read_text()
    assert "无变化 unchanged" in done("guard", guard)
    assert "未列入 left out: 1；" in done("guard", guard, "--most", 0)
