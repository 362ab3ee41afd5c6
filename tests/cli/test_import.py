"""`fanzha import` prints the result of every row and exits with the documented code."""

import fcntl
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import msgspec
import pytest
from tests.findings import finding
from tests.run.running_site import TOP, environment, migrate_site, run_module

MADE = "from tests.command.people import make_world; make_world()"
BEGIN = "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'fanzha.command.web.settings'; django.setup(); "


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    migrate_site(folder)
    subprocess.run([sys.executable, "-c", BEGIN + MADE], env=environment(folder), cwd=TOP, check=True)
    return folder


def lines(detector: str, count: int) -> bytes:
    findings = [
        finding(subject_kind="phone_number", subject=f"+861700000{n:04d}", detector=detector, event_ids=(f"e{n}",))
        for n in range(count)
    ]
    return b"".join(msgspec.json.encode(row) + b"\n" for row in findings)


def import_findings(home: Path, *arguments: str | Path) -> CompletedProcess[str]:
    return run_module(home, "fanzha", "import", "findings", *map(str, arguments))


def test_it_counts_what_is_used_known_rejected_and_waits(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "found.jsonl"
    path.write_bytes(lines("one", 3) + b'{"detector": "x"}\n' + lines("one", 1)[:40])
    completed = import_findings(home, path, "--as", "Example carrier", "--json")
    assert completed.returncode == 0, completed.stderr
    output = json.loads(completed.stdout)
    assert (output["used"], output["known"], output["rejected"]) == (3, 0, 1)
    assert [(row["state"], row["waiting_bytes"]) for row in output["files"]] == [("open", 40)]
    strict = import_findings(home, path, "--as", "Example carrier", "--strict")
    assert strict.returncode == 4
    assert "不是线索" in strict.stdout and "not a finding" in strict.stdout


def test_nothing_usable_and_usage_errors_have_their_codes(home: Path, tmp_path: Path) -> None:
    (tmp_path / "nobodys.jsonl").write_bytes(lines("two", 1))
    assert import_findings(home, tmp_path / "nobodys.jsonl").returncode == 3
    unknown = import_findings(home, tmp_path / "nobodys.jsonl", "--as", "nobody")
    assert unknown.returncode == 2 and "there is no organisation 'nobody'" in unknown.stderr
    assert import_findings(home, tmp_path / "not-there").returncode == 2
    (tmp_path / "findings.parquet").write_bytes(b"PAR1 and no more")
    for _ in range(2):
        broken = import_findings(home, tmp_path / "findings.parquet", "--as", "Example bank")
        assert broken.returncode == 2 and "cannot be read" in broken.stderr and "Traceback" not in broken.stderr


def test_where_an_importer_runs_it_does_the_work(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "found.jsonl"
    path.write_bytes(lines("three", 2))
    watched = tmp_path / "watched"
    watched.mkdir()
    following = subprocess.Popen(
        [sys.executable, "-m", "fanzha", "import", "findings", str(watched), "--as", "Example isp", "--follow"],
        env=environment(home),
        cwd=TOP,
        stderr=subprocess.DEVNULL,
    )
    try:
        waits_until(lambda: (home / "spool" / ".importer").exists() and is_locked(home))
        completed = import_findings(home, path, "--as", "Example bank", "--json")
        assert json.loads(completed.stdout)["used"] == 2, completed.stderr
        (watched / "log.jsonl").write_bytes(lines("four", 2))
        waits_until(
            lambda: json.loads(import_findings(home, watched, "--as", "Example isp", "--json").stdout)["known"] == 2
        )
    finally:
        following.send_signal(signal.SIGTERM)
    assert following.wait(60) == 0


def waits_until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)


def is_locked(home: Path) -> bool:
    with (home / "spool" / ".importer").open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


PORTED = "number,operator\n+8617000001234,联通\n+8617000001235,电信\n"


def import_tables(home: Path, *arguments: str | Path) -> CompletedProcess[str]:
    return run_module(home, "fanzha", "import", "tables", *map(str, arguments))


def test_counts_reasons_and_codes(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "ported.csv"
    path.write_text(PORTED + "rubbish,联通\n", "utf-8")
    completed = import_tables(home, "portability", path, "--as", "Example carrier", "--json")
    assert completed.returncode == 0, completed.stderr
    (output,) = json.loads(completed.stdout)
    assert (output["state"], output["used"], output["rejected"]) == ("done", 2, 1)
    assert (home / "tables" / "portability.parquet").is_file()
    again = import_tables(home, "portability", path, "--as", "Example carrier", "--strict")
    assert again.returncode == 4 and "不是电话号码" in again.stdout and "is not a telephone number" in again.stdout


def test_usage_errors_say_what_is_known(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("number\n1\n", "utf-8")
    nobody = import_tables(home, "portability", path, "--as", "nobody")
    assert nobody.returncode == 2 and "there is no organisation 'nobody'" in nobody.stderr
    unknown = import_tables(home, "weather", path, "--as", "Example carrier")
    assert unknown.returncode == 2 and "portability, allocation, spared" in unknown.stderr
    broken = import_tables(home, "portability", path, "--as", "Example carrier")
    assert broken.returncode == 2 and "columns are missing" in broken.stderr
