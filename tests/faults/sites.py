"""Sites for tests of faults: a state folder with one organisation, a file of findings, and what became of it."""

import http.client
import json
import shutil
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.faults.commands import check_done, fanzha
from tests.findings import finding
from tests.run.running_site import migrate_site, run_module

ORGANIZATION = ("--kind", "carrier", "--zh", "示例运营商", "--en", "Example carrier")
OWNER = "Example carrier"


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a state folder with a migrated SQLite database and one organisation."""
    home = tmp_path_factory.mktemp("template") / "home"
    migrate_site(home)
    check_done(fanzha(home, "site", "create-organization", *ORGANIZATION))
    return home


@pytest.fixture
def home(template: Path, tmp_path: Path) -> Path:
    """Return a copy of the template."""
    return Path(shutil.copytree(template, tmp_path / "home"))


def write_findings(path: Path, count: int) -> Path:
    """Write findings of different numbers as JSON Lines."""
    now = time.time_ns() // 1_000_000
    path.write_bytes(
        b"".join(
            msgspec.json.encode(
                finding(
                    subject_kind="phone_number",
                    subject=f"+8617000{number:06}",
                    found_at=now - number,
                    valid_until=now + 86_400_000,
                    event_ids=(f"e{number}",),
                    simulated=True,
                )
            )
            + b"\n"
            for number in range(count)
        )
    )
    return path


def imported(home: Path, url: str = "") -> dict[str, Any]:
    """Return what is in the database."""
    done = run_module(home, "tests.faults.imported", url=url)
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def check_complete(home: Path, count: int, url: str = "") -> None:
    """Check that each of `count` findings was imported once, stands once in the log, and that the log is valid."""
    result = imported(home, url)
    assert len(result["findings"]) == len(set(result["findings"])) == count
    assert result["logged"] == count
    assert (result["rejected"], result["faults"]) == (0, [])
    assert set(result["states"]) <= {"done", "open"}  # a file of lines that lies outside the spool may grow


def get(port: int, path: str, seconds: float = 30) -> tuple[int, str]:
    """Return status and body of a GET request, status 0 if nobody answers in time."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        connection.request("GET", path, headers={"Host": "127.0.0.1"})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except (OSError, http.client.HTTPException):
        return 0, ""
    finally:
        connection.close()
