"""`fanzha import tables` takes files of one table, says what came of each row, and ends with the code that fits."""

import json
import subprocess
import sys
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from tests.cli.test_import import BEGIN, MADE
from tests.run.running_site import TOP, environment, migrate_site, run_module

PORTED = "number,operator\n+8617000001234,联通\n+8617000001235,电信\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("home")
    migrate_site(made)
    subprocess.run([sys.executable, "-c", BEGIN + MADE], env=environment(made), cwd=TOP, check=True)
    return made


def imported(home: Path, *arguments: str | Path) -> CompletedProcess[str]:
    return run_module(home, "fanzha", "import", "tables", *map(str, arguments))


def test_counts_reasons_and_codes(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "ported.csv"
    path.write_text(PORTED + "rubbish,联通\n", "utf-8")
    done = imported(home, "portability", path, "--as", "Example carrier", "--json")
    assert done.returncode == 0, done.stderr
    (told,) = json.loads(done.stdout)
    assert (told["state"], told["used"], told["rejected"]) == ("done", 2, 1)
    assert (home / "tables" / "portability.parquet").is_file()
    again = imported(home, "portability", path, "--as", "Example carrier", "--strict")
    assert again.returncode == 4 and "不是电话号码" in again.stdout and "is not a telephone number" in again.stdout


def test_wrong_calls_say_what_is_known(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("number\n1\n", "utf-8")
    nobody = imported(home, "portability", path, "--as", "nobody")
    assert nobody.returncode == 2 and "there is no organisation 'nobody'" in nobody.stderr
    unknown = imported(home, "weather", path, "--as", "Example carrier")
    assert unknown.returncode == 2 and "portability, allocation, spared" in unknown.stderr
    broken = imported(home, "portability", path, "--as", "Example carrier")
    assert broken.returncode == 2 and "columns are missing" in broken.stderr
