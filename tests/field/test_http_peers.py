"""wrk and schemathesis, neither of them ours, ask a whole screen over HTTP: no server error, nothing wrong let in."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from tests.field.screens import Screen
from tests.free_ports import free_port
from tests.screen.stir.signers import made_root

from fanzha.claims.contents_builder import ContentsBuilder
from fanzha.claims.snapshot_entry import SnapshotEntry
from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import Level
from fanzha.store.screen_keys import KeyScope
from fanzha.store.snapshots import SnapshotStore

pytestmark = pytest.mark.field

HERE = Path(__file__).resolve().parent
TOP = HERE.parent.parent
OPENAPI = TOP / "docs" / "reference" / "generated" / "screen-openapi.json"
BAD = "+8617000000001"
SECONDS, CONNECTIONS = 5, 16
EXAMPLES = int(os.environ.get("FANZHA_FUZZ_EXAMPLES", "25"))  # of each route, in each way; `make fuzz-api` takes more


class Asked(NamedTuple):
    """A screen that runs, where it is, and a key that opens everything."""

    screen: Screen
    address: str
    key: str


def publish(home: Path, patch: pytest.MonkeyPatch) -> None:
    """Publish a small snapshot in a home."""
    patch.setenv("FANZHA_HOME", str(home))
    listing = ContentsBuilder()
    listing.add("phone_number", BAD, SnapshotEntry(Level.SUSPECTED, Treatment.REFUSE, "fake_authority"))
    listing.add_urls({"shop-made-up.example/pay/": SnapshotEntry(Level.SUSPECTED, Treatment.REFUSE, "fake_shopping")})
    SnapshotStore(home / "snapshots").publish_base(listing.build(), at=time.time_ns() // 1_000_000)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    folder, port = tmp_path_factory.mktemp("http"), free_port()
    roots = folder / "roots.pem"
    roots.write_bytes(made_root().certificate.public_bytes(Encoding.PEM))
    settings = f"""
[overload]
late_ms = 1000
[http]
port = {port}
[registrations]
[stir]
roots = "{roots}"
hosts = ["certificates.example"]
[trunks.MSC-1]
ingress = "mobile"
proves = true
acts = "refuse"
"""
    with pytest.MonkeyPatch.context() as patch:
        publish(folder / "home", patch)
    scopes = [word for scope in KeyScope for word in ("--scope", scope)]
    limits = ("--rate", "1000000", "--burst", "10000000", "--by", "a field test")
    with Screen(folder, settings, standby=False) as screen:
        key = screen.ask("screen", "key", "add", "all", *scopes, *limits).strip()
        yield Asked(screen, f"http://127.0.0.1:{port}", key)


def run(*command: str | Path, seconds: int = 600 + 10 * EXAMPLES) -> str:
    """Run a program that must be there and end well; return what it said."""
    there = {**os.environ, "PYTHONPATH": str(TOP)}  # the hooks of schemathesis are a module of ours
    done = subprocess.run(command, cwd=TOP, env=there, capture_output=True, text=True, check=False, timeout=seconds)
    assert done.returncode == 0, f"{done.stdout[-6_000:]}\n{done.stderr[-2_000:]}"
    return done.stdout


def test_wrk_has_every_call_answered(asked: Asked, tmp_path: Path) -> None:
    if shutil.which("wrk") is None:
        pytest.fail("wrk is missing; bring it with: tools/field_packages (apt-get install wrk)")
    call = {"call_id": "c-1", "caller": BAD, "callee": "+8617000000900", "trunk": "MSC-1"}
    script = tmp_path / "call.lua"
    script.write_text(
        f"""wrk.method = "POST"
wrk.headers["Authorization"] = "Bearer {asked.key}"
wrk.headers["Content-Type"] = "application/json"
wrk.body = {json.dumps(json.dumps(call))}
refused = 0
function response(status, headers, body)
  if not body:find('"treatment":"refuse"', 1, true) then print("not refused: " .. status .. " " .. body) end
end
"""
    )
    size = ("-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--latency")
    said = run("wrk", *size, "-s", script, f"{asked.address}/v1/screen/call", seconds=60)
    assert "Non-2xx" not in said and "Socket errors" not in said and "not refused" not in said, said
    found = re.search(r"(\d+) requests in", said)
    assert found and int(found[1]) > 500 * SECONDS, said


def test_schemathesis_finds_no_server_error_and_nothing_wrong_let_in(asked: Asked, tmp_path: Path) -> None:
    schemathesis = Path(sys.executable).with_name("schemathesis")
    said = run(
        *(
            schemathesis,
            "--config-file",
            HERE / "schemathesis.toml",
            "run",
            OPENAPI,
            "--url",
            asked.address,
            "--header",
            f"Authorization: Bearer {asked.key}",
        ),
        *("--checks", "all", "--mode", "all", "--phases", "examples,coverage,fuzzing", "--seed", "1"),
        *("--max-examples", str(EXAMPLES), "--no-color"),
    )
    assert "No issues found" in said, said
