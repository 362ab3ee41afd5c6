"""schemathesis, none of ours, asks every route of a running site: no server error, and all answers are as described."""

import json
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from tests.field.screens import STARTED_WITHIN_SECONDS, until
from tests.free_ports import free_port
from tests.run.running_site import TOP, environment, migrate_site

from fanzha.run.component import component_command

pytestmark = pytest.mark.field

HERE = Path(__file__).resolve().parent
EXAMPLES = int(os.environ.get("FANZHA_FUZZ_EXAMPLES", "6"))  # of each route, in each way; `make fuzz-api` takes more
SECONDS = 600 + 30 * EXAMPLES
#: How requests are drawn for a key of every role, and for one of few, which is refused before its values are read.
PHASES = {"all": "examples,coverage,fuzzing", "few": "examples,fuzzing"}


class Site(NamedTuple):
    """A site that runs: where, its keys, its OpenAPI file, and where real parameters stand."""

    address: str
    keys: dict[str, Any]
    openapi: Path
    parameters: Path
    said: Path


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder, port = tmp_path_factory.mktemp("site"), free_port()
    home, said = folder / "home", folder / "said.txt"
    migrate_site(home)
    made = subprocess.run(
        [sys.executable, "-m", "tests.field.site_made"],
        env=environment(home), cwd=TOP, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    keys = json.loads(made.stdout)
    parameters = folder / "parameters.json"
    parameters.write_text(json.dumps(keys["parameters"]), "utf-8")
    address = f"http://127.0.0.1:{port}"
    with said.open("wb") as log:
        command = component_command("site", "127.0.0.1", str(port), "1")
        process = subprocess.Popen(command, env=environment(home), stdout=log, stderr=log)
    try:
        until(lambda: answers(f"{address}/readyz"), STARTED_WITHIN_SECONDS)
        openapi = folder / "openapi.json"
        with urllib.request.urlopen(f"{address}/api/v1/openapi.json", timeout=60) as answer:
            openapi.write_bytes(answer.read())
        yield Site(address, keys, openapi, parameters, said)
    finally:
        process.terminate()
        process.wait(30)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:  # not there yet, or slow to come up
        return False


@pytest.mark.parametrize("key", PHASES)
def test_no_server_error_and_every_answer_is_as_described(site: Site, key: str) -> None:
    told = {**os.environ, "PYTHONPATH": str(TOP), "FANZHA_REAL_PARAMETERS": str(site.parameters)}
    done = subprocess.run(
        [
            *(Path(sys.executable).with_name("schemathesis"), "--config-file", HERE / "schemathesis_site.toml"),
            *("run", site.openapi, "--url", site.address, "--header", f"Authorization: Bearer {site.keys[key]}"),
            *("--checks", "all", "--exclude-checks", "positive_data_acceptance", "--mode", "all"),
            *("--phases", PHASES[key], "--seed", "1", "--max-examples", str(EXAMPLES)),
            *("--workers", "1", "--no-color"),  # CPython 3.11 parses in one thread at a time (python/cpython#106905)
        ],
        cwd=TOP, env=told, capture_output=True, text=True, check=False, timeout=SECONDS,
    )  # fmt: skip
    assert done.returncode == 0 and " passed" in done.stdout, (
        f"{failed_checks(done.stdout)}\n{done.stderr[-2_000:]}\n{site.said.read_text('utf-8')[-6_000:]}"
    )


def failed_checks(output: str) -> str:
    """Return what schemathesis says of its errors and failed checks; the end of its output where it names none."""
    named = re.search(r"^=+ (ERRORS|FAILURES) =+$", output, re.M)
    return output[named.start() :][:10_000] if named else output[-10_000:]
