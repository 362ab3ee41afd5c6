"""Files of the state folder truncated or with flipped bits: found, told with the file, never used in part."""

import os
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import msgspec
import pyarrow.parquet as pq
import pytest
from tests.faults.calls import findings, write_calls
from tests.faults.commands import check_done, check_told, fanzha
from tests.faults.screens import SETTINGS
from tests.faults.sites import OWNER, get, home, imported, template, write_findings
from tests.field.screens import Caller, Screen, publish, treatment, until
from tests.field.test_screen_snapshot import refuse
from tests.findings import finding
from tests.free_ports import free_port
from tests.run.running_site import start_site

from fanzha.base.clock import EARLIEST_MS
from fanzha.base.errors import FanzhaError
from fanzha.claims.allowlist import AllowlistEntry, OriginKind
from fanzha.claims.finding import Mode, to_table
from fanzha.claims.opinion import Opinion
from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import Level
from fanzha.kinds.numbering.operator_tables import ALLOCATION_SCHEMA
from fanzha.store.allowlist import load_allowlist, write_approved
from fanzha.store.budgets import load_budgets
from fanzha.store.decisions import DecisionLog
from fanzha.store.findings import read_live_findings
from fanzha.store.keys import load_key
from fanzha.store.rule_texts import RuleTexts
from fanzha.store.screen_keys import KeyScope, ScreenKeys
from fanzha.store.snapshot_files import read_current
from fanzha.store.switches import Switch, SwitchTarget, read_switches, throw_switch

pytestmark = pytest.mark.faults
__all__ = ["home", "template"]

LISTED = "+12125550100"
AT = 1_772_323_200_000


class FileKind(NamedTuple):
    """A kind of file: what writes one in a state folder, its path there, and what reads it."""

    write: Callable[[Path], Any]
    path: str
    read: Callable[[Path], Any]


def write_text(path: str, text: str) -> Callable[[Path], None]:
    def write(home: Path) -> None:
        (home / path).parent.mkdir(parents=True, exist_ok=True)
        (home / path).write_text(text, "utf-8")

    return write


def write_rule(home: Path) -> None:
    RuleTexts(home).add("quiet", "rule quiet\n", at=AT, by="test", why="test")


def write_decisions(home: Path) -> None:
    given = Opinion(
        organization="Example carrier",
        subject_kind="phone_number",
        subject=LISTED,
        level=Level.SUSPECTED,
        given_at=AT,
        decision=True,
        treatment=Treatment.REFUSE,
        basis="ATF Art. 13",
    )
    DecisionLog(home).add({"order-1": given, "order-2": given}, at=AT)


def write_allocation(home: Path) -> None:
    import pyarrow as pa

    (home / "tables").mkdir(parents=True)
    row = dict.fromkeys(ALLOCATION_SCHEMA.names) | {"prefix": "194", "operator": "telecom"}
    table = pa.Table.from_pylist([row], ALLOCATION_SCHEMA)
    pq.write_table(table, home / "tables" / "allocation.parquet", write_page_checksum=True)


def write_findings_parquet(home: Path) -> None:
    rows = [finding(mode=Mode.LIVE, subject=f"t{number}", valid_until=AT * 2) for number in range(200)]
    pq.write_table(to_table(rows), home / "findings.parquet", write_page_checksum=True)


def load_allocation(home: Path) -> Any:
    from fanzha.store.numbering_tables import load_allocation

    return load_allocation(home)


def flip(data: bytes, place: int, bit: int) -> bytes:
    """Return data with one bit flipped."""
    return data[:place] + bytes([data[place] ^ 1 << bit]) + data[place + 1 :]


KINDS = {
    "a key": FileKind(lambda home: load_key("site", home), "keys/site", lambda home: len(load_key("site", home))),
    "the keys of a screen": FileKind(
        lambda home: ScreenKeys(home).add("a", (KeyScope.CALL,), rate=1, burst=1, at=AT, by="test"),
        "keys/screen.json",
        lambda home: ScreenKeys(home).all(),
    ),
    "the kill switches": FileKind(
        lambda home: throw_switch(Switch(what=SwitchTarget.ALL, by="test", why="test", at=AT), home),
        "screen/switches.json",
        read_switches,
    ),
    "the decisions of orders": FileKind(
        write_decisions, "decisions/command.jsonl", lambda home: DecisionLog(home).read_active()
    ),
    "the history of rules": FileKind(write_rule, "rules/history.jsonl", lambda home: RuleTexts(home).list_texts()),
    "the allowlist": FileKind(
        lambda home: write_approved([AllowlistEntry(LISTED, OriginKind.TRUNK, "T1", "owner", "proof", None)], home),
        "lists/spared-approved.csv",
        lambda home: list(load_allowlist(home).numbers),
    ),
    "the settings": FileKind(
        write_text("fanzha.toml", "[budget]\nsubjects_an_hour = 20\nshare_of_trunk = 0.05\n"),
        "fanzha.toml",
        load_budgets,
    ),
    "a numbering table": FileKind(write_allocation, "tables/allocation.parquet", load_allocation),
    "findings": FileKind(
        write_findings_parquet,
        "findings.parquet",
        lambda home: list(read_live_findings(home / "findings.parquet", EARLIEST_MS, reasons=True)),
    ),
    "the pointer to the snapshot": FileKind(
        lambda home: publish(home, refuse(LISTED)),
        "snapshots/current",
        lambda home: read_current(home / "snapshots" / "current"),
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_told_by_its_name_and_never_crashes_its_reader(kind: str, tmp_path: Path) -> None:
    file = KINDS[kind]
    file.write(tmp_path)
    path, draw = tmp_path / file.path, Random(kind)
    data = path.read_bytes()
    whole = repr(file.read(tmp_path))
    told = 0
    for _ in range(60):
        place = draw.randrange(len(data))
        for damaged in (flip(data, place, draw.randrange(8)), data[:place]):
            path.write_bytes(damaged)
            try:
                file.read(tmp_path)
            except FanzhaError as error:
                assert str(path) in str(error) and error.fix, error
                told += 1
    assert told
    path.write_bytes(data)
    assert repr(file.read(tmp_path)) == whole


def test_a_damaged_text_of_a_rule_is_never_run(tmp_path: Path) -> None:
    write_rule(tmp_path)
    (path,) = (tmp_path / "rules" / "history").glob("*.rule")
    data = path.read_bytes()
    for damaged in (data[:-3], data.replace(b"quiet", b"quiev")):
        path.write_bytes(damaged)
        with pytest.raises(FanzhaError, match="is not the text that was added"):
            RuleTexts(tmp_path).text(path.stem)


@pytest.mark.parametrize(
    "part",
    ["sorted", *(pytest.param(name, marks=pytest.mark.long) for name in ("spool", "started", "detected", "run-key"))],
)
def test_an_analysis_over_a_damaged_work_folder_finds_the_same(part: str, tmp_path: Path) -> None:
    source, home = write_calls(tmp_path / "calls.csv", 2_000), tmp_path / "home"
    chosen = ("analyze", source, "--detector", "gateway-guard", "--json", "--out")
    check_done(fanzha(home, *chosen, tmp_path / "whole"))
    out = tmp_path / "out"
    out.mkdir()
    (out / "report.html").mkdir()  # the last step fails, so that the work folder stays
    assert fanzha(home, *chosen, out).returncode != 0
    (out / "report.html").rmdir()
    damaged = [path for path in sorted((out / ".work").rglob("*")) if path.is_file() and part in str(path)]
    assert damaged
    for number, path in enumerate(damaged):
        data = path.read_bytes()
        middle = len(data) // 2
        path.write_bytes(
            data[:middle] if number % 2 else data[:middle] + bytes([data[middle] ^ 8]) + data[middle + 1 :]
        )
    if part == "run-key":
        refused = fanzha(home, *chosen, out)
        assert refused.returncode == 2 and "an unfinished run" in refused.stderr
    check_done(fanzha(home, *chosen, out, *(["--force"] if part == "run-key" else [])))
    assert findings(out) == findings(tmp_path / "whole") != []


def test_damaged_files_in_the_spool_are_set_aside_with_the_reason_and_the_others_imported(
    home: Path, tmp_path: Path
) -> None:
    whole = write_findings(tmp_path / "f.jsonl", 40)
    write_findings_parquet(tmp_path)
    damaged = (tmp_path / "findings.parquet").read_bytes()
    folder = tmp_path / "many"
    folder.mkdir()
    (folder / "cut.jsonl").write_bytes(whole.read_bytes()[:-40])
    done = fanzha(home, "import", "findings", folder, "--as", OWNER)
    assert done.returncode == 0 and "Traceback" not in done.stderr
    (folder / "findings.parquet").write_bytes(damaged[: len(damaged) // 2])
    done = fanzha(home, "import", "findings", folder, "--as", OWNER)
    assert "Traceback" not in done.stderr and "findings.parquet" in done.stdout + done.stderr
    result = imported(home)
    assert len(result["findings"]) == 39 and result["faults"] == []


def test_a_screen_keeps_its_switches_and_keys_while_their_files_are_damaged(tmp_path: Path) -> None:
    ports = free_port(), free_port()
    publish(tmp_path / "home", refuse(LISTED))
    caller = Caller(ports[0])
    with Screen(tmp_path, "standby = false\n" + SETTINGS.format(*ports)) as screen:
        screen.ask("screen", "off", "trunk", "IGW-1", "--by", "test", "--why", "test")
        until(lambda: treatment(caller.call(LISTED)) == "allow")
        path = tmp_path / "home" / "screen" / "switches.json"
        whole = path.read_bytes()
        path.write_bytes(whole[:-9])
        until(lambda: "switches stay as they were" in screen.said() and str(path) in screen.said())
        assert treatment(caller.call(LISTED)) == "allow"
        path.write_bytes(whole)
        screen.ask("screen", "on", "trunk", "IGW-1")
        until(lambda: treatment(caller.call(LISTED)) == "603")
    caller.close()


def test_damaged_settings_stop_a_start_in_words_and_no_running_site(home: Path) -> None:
    port = free_port()
    with start_site(home, port) as site:
        site.wait_for_output("answering: (.*)")
        (home / "fanzha.toml").write_bytes(b"[site\nhosts = ")
        assert get(port, "/readyz")[0] == 200
    done = fanzha(home, "up", "--port", str(port))
    check_told(done, str(home / "fanzha.toml"), "TOML", code=2)


def test_a_damaged_log_of_a_screen_gives_all_intact_records(tmp_path: Path, home: Path) -> None:
    log = home / "screen" / "log" / "2026-03-01T00.jsonl"
    log.parent.mkdir(parents=True)
    rows = write_findings(tmp_path / "f.jsonl", 30).read_bytes().splitlines()
    lines = [b'[%d,%d,"finding",%s]' % (number, AT, row) for number, row in enumerate(rows, start=1)]
    lines[10], lines[20] = lines[10][:50], os.urandom(40).replace(b"\n", b"")
    log.write_bytes(b"\n".join(lines) + b"\n")
    done = fanzha(home, "import", "findings", log, "--as", OWNER, "--json")
    assert done.returncode == 0, done.stderr
    summary = msgspec.json.decode(done.stdout)
    assert (summary["used"], summary["rejected"]) == (28, 2)
