"""`fanzha audit` says in both languages whether the log is whole, and ends with the code that fits."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.db import connection
from django.utils import timezone
from tests.command.audit.anchored import outside as outside
from tests.command.audit.records import record
from tests.processes.log.packs import contents

from fanzha.base.errors import NothingUsable, UsageError
from fanzha.cli import fanzha
from fanzha.command.audit.anchors import anchor_and_copy, make_anchor
from fanzha.command.audit.append_only import unguard
from fanzha.command.audit.models import LogEntry, PersonKey
from fanzha.command.audit.signing import public_key
from fanzha.processes.log.anchor import NoAnchor

pytestmark = pytest.mark.django_db


def audit(*words: str | Path) -> Result:
    return CliRunner().invoke(fanzha, ["audit", *map(str, words)])


def tamper(statement: str) -> None:
    unguard(connection)
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_log_with_an_anchor_outside_is_valid_and_ends_with_0(outside: Path) -> None:
    record(1, 2)
    anchor_and_copy(timezone.now())
    result = audit("verify")
    assert result.exit_code == 0, result.output
    assert "2 批 batches, 3 条 entries, 1 个锚点 anchors" in result.output and "有效 VALID" in result.output


def test_a_log_without_a_folder_outside_is_not_anchored_and_ends_with_5() -> None:
    record(1, 2)
    make_anchor(timezone.now())
    result = audit("verify")
    assert result.exit_code == 5 and "NOT ANCHORED OUTSIDE" in result.output
    assert "no folder outside is set" in result.output and "未设置外部锚点目录" in result.output
    assert "未能校验 not checked: 2 最后一个外部锚点之后的批次 | batches after the last anchor outside" in result.output


def test_anchors_of_another_key_do_not_count_for_who_keeps_the_key(outside: Path) -> None:
    record(1)
    anchor_and_copy(timezone.now())
    assert audit("verify", "--anchor-key", public_key()).exit_code == 0
    result = audit("verify", "--anchor-key", "5e" * 32)
    assert result.exit_code == 1 and "is not the key that was given" in result.output
    assert "signed by the key" in result.output
    assert isinstance(audit("verify", "--anchor-key", "none").exception, NoAnchor)


def test_a_changed_key_is_printed_with_its_statement(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    (tmp_path / "outside").mkdir()
    (tmp_path / "fanzha.toml").write_text(f'[site]\nanchors = ["{tmp_path / "outside"}"]\n')
    record(1)
    anchor_and_copy(timezone.now())
    kept = public_key()
    result = audit("change-key", "--by", "an operator")
    assert result.exit_code == 0 and "fanzha-anchor-key:1:" in result.output and public_key() in result.output
    anchor_and_copy(timezone.now())
    assert audit("verify", "--anchor-key", kept).exit_code == 0


def test_the_key_over_personal_values_is_changed_and_the_log_stays_intact(outside: Path) -> None:
    record(3)
    anchor_and_copy(timezone.now())
    result = audit("change-wrapping-key", "--by", "an operator")
    assert result.exit_code == 0 and "keys/evidence-2" in result.output
    anchor_and_copy(timezone.now())
    assert audit("verify").exit_code == 0
    result = audit("change-wrapping-key", "--finish", "--by", "an operator")
    assert result.exit_code == 0 and "keys wrapped: 0" in result.output


def test_a_log_that_was_changed_is_not_and_ends_with_1() -> None:
    record(1, 2)
    tamper(f"UPDATE evidence_logentry SET actor = 'x' WHERE place = {(2 << 20) + 1}")
    result = audit("verify")
    assert result.exit_code == 1
    assert "批次 2 条目 1" in result.output and "batch 2 entry 1: the entry or its digest was changed" in result.output
    assert "无效 NOT VALID" in result.output


def test_programs_read_json() -> None:
    record(2)
    output = json.loads(audit("verify", "--json").output)
    assert (output["valid"], output["entries"], output["faults"]) == (False, 2, [])
    assert output["status"] == "not_anchored_outside" and "[site] anchors" in output["not_anchored_outside"][0]["en"]
    kinds = {item["kind"]: item for item in output["not_checked"]}
    assert kinds["anchors"]["count"] == 1 == kinds["before"]["count"] and kinds["tables"]["zh"]
    checked = {row["table"]: row["checked"] for row in output["tables"]}
    assert checked["subjects.verdictrow"] == "digests" and checked["flows.timer"] == "none"
    tamper("DELETE FROM evidence_personalfield")
    result = audit("verify", "--json")
    (fault,) = json.loads(result.output)["faults"]
    assert (result.exit_code, fault["batch"], fault["entry"]) == (1, 1, 0)
    assert "missing" in fault["en"] and "缺失" in fault["zh"]


def test_an_anchor_that_was_kept_elsewhere_is_compared_with(tmp_path: Path) -> None:
    record(1)
    row = make_anchor(timezone.now())
    assert row is not None
    kept = tmp_path / "kept.txt"
    kept.write_text(row.line)
    assert audit("verify", "--anchor", kept).exit_code == 0
    tamper("DELETE FROM evidence_loganchor")
    tamper("UPDATE evidence_loghead SET identity = head")
    result = audit("verify", "--anchor", kept)
    assert result.exit_code == 1 and "started again" in result.output


def test_what_is_no_anchor_ends_with_3(tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("nothing\n")
    result = audit("verify", "--anchor", tmp_path / "kept.txt")
    assert isinstance(result.exception, NoAnchor) and result.exception.exit_code == 3
    assert audit("verify", "--anchor", tmp_path / "none.txt").exit_code == 2


def test_a_pack_is_written_once_for_its_owner_alone(tmp_path: Path) -> None:
    record(4)
    asked = ("pack", "process-0", "--out", tmp_path / "pack.zip", "--purpose", "a hearing", "--by", "an operator")
    assert audit(*asked).exit_code == 0
    assert (tmp_path / "pack.zip").stat().st_mode & 0o077 == 0
    about = json.loads(contents((tmp_path / "pack.zip").read_bytes())["about.json"])
    assert (about["made_by"], about["entries"]) == ("operator:an operator", 2)
    assert isinstance(audit(*asked).exception, UsageError)
    nothing = audit("pack", "none", "--out", tmp_path / "b.zip", "--purpose", "x", "--by", "x")
    assert isinstance(nothing.exception, NothingUsable) and not (tmp_path / "b.zip").exists()


def test_the_key_is_printed_for_publishing() -> None:
    assert audit("key").output.strip() == public_key()


def test_erasing_is_asked_back_and_on_record() -> None:
    record(3)
    refused = CliRunner().invoke(
        fanzha, ["audit", "erase", "subject-2", "--basis", "PIPL Art. 47", "--by", "x"], input="n\n"
    )
    assert refused.exit_code == 1 and PersonKey.objects.filter(wrapped=None).count() == 0
    result = audit("erase", "subject-2", "--basis", "PIPL Art. 47", "--by", "an operator", "--yes")
    assert result.exit_code == 0 and "已删除 erased: 1" in result.output
    last = LogEntry._base_manager.order_by("place").last()
    assert last is not None and last.actor == "operator:an operator"
    assert audit("verify").exit_code == 5, "no fault"
