"""What version 0.1.0 (commit f51858e) left behind still works: backup, site, state folder, rules, API, plug-in.

`tests/compatibility` holds what that version wrote: a sealed backup of a made-up site, a rule file, and its API.
"""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

TOP = Path(__file__).resolve().parent.parent
HERE = TOP / "tests" / "compatibility"
BACKUP, FACTS, API = (HERE / f"{name}" for name in ("site-0.1.0.backup", "site-0.1.0.json", "api-0.1.0.json"))
#: The plug-in of that version, unchanged.
PLUG_IN = "c7279b29b55f50c0de9de539279a015519355db780e3a5498ff07750058a50ac"


def run(home: Path, *command: str) -> str:
    return run_process(home, *command).stdout


def run_process(home: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "FANZHA_HOME": str(home), "FANZHA_DATABASE_URL": "", "PYTHONPATH": str(TOP)}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    done = subprocess.run(
        [sys.executable, *command], cwd=TOP, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state folder as the backup brings it back."""
    folder = tmp_path_factory.mktemp("old")
    phrase = folder / "phrase"
    phrase.write_text(json.loads(FACTS.read_text("utf-8"))["passphrase"] + "\n")
    phrase.chmod(0o600)
    restored = run_process(folder / "home", "-m", "fanzha", "restore", str(BACKUP), "--passphrase", str(phrase))
    assert "nothing proves that this backup is authentic" in restored.stderr
    return folder / "home"


def test_a_site_is_restored_migrated_and_used(home: Path) -> None:
    found: dict[str, Any] = json.loads(run(home, "-m", "tests.compatibility.use_old_site", str(FACTS)))
    facts = json.loads(FACTS.read_text("utf-8"))
    assert set(found["pages"].values()) == {200}, found["pages"]
    assert found["api"] == 200 and found["order"] == facts["order"], "the key of then opens the API at its path"
    assert found["findings"] == facts["findings"]
    assert found["waiting"] >= 1 and len(found["tasks"]) == found["waiting"], "a waiting task finds its function"
    assert found["log"]["entries"] > 0 and found["log"]["faults"] == 0


def test_rules_of_the_state_folder_are_listed_and_checked(home: Path) -> None:
    (rule,) = json.loads(run(home, "-m", "fanzha", "rules", "list", "--json"))
    assert rule["rule"] == "made_up_burst"
    run(home, "-m", "fanzha", "rules", "check", str(HERE / "made_up_burst.rule"))


def test_the_snapshot_is_read_and_built_again(home: Path) -> None:
    run(home, "-m", "fanzha", "snapshot", "verify")
    run(home, "-m", "fanzha", "snapshot", "build")


def test_operations_of_the_api_keep_ids_paths_parameters_and_fields() -> None:
    from fanzha.command.web.api.routers import site_api

    now = {operation["operationId"]: operation for operation in operations(site_api().get_openapi_schema())}
    lost = []
    for name, then in json.loads(API.read_text("utf-8")).items():
        if name not in now:
            lost.append(name)
            continue
        for key in ("method", "path"):
            lost += [f"{name}: {key}"] if now[name][key] != then[key] else []
        for key in ("parameters", "request", "response"):
            lost += [f"{name}: {key} {field}" for field in then[key] if field not in now[name][key]]
    assert lost == []


def operations(document: Any) -> list[dict[str, Any]]:
    """Return the operations of an OpenAPI document, each with the names of all fields below it."""
    schemas = document["components"]["schemas"]

    def fields(node: Any, above: tuple[str, ...] = ()) -> set[str]:
        if isinstance(node, list):
            return set().union(*(fields(part, above) for part in node))
        if not isinstance(node, dict):
            return set()
        if "$ref" in node:
            name = node["$ref"].rsplit("/", 1)[-1]
            return set() if name in above else fields(schemas[name], (*above, name))
        inner = [part for key, part in node.items() if key != "properties"] + list(node.get("properties", {}).values())
        return set(node.get("properties", {})) | fields(inner, above)

    return [
        {
            "operationId": operation["operationId"],
            "method": method,
            "path": path,
            "parameters": {parameter["name"] for parameter in operation.get("parameters", [])},
            "request": fields(operation.get("requestBody", {})),
            "response": fields([a for code, a in operation["responses"].items() if str(code).startswith("2")]),
        }
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def test_the_plug_in_of_then_is_tested_unchanged() -> None:
    """`tests/outside_plugin` is installed and run by its own tests; here it is made sure that it is that of 0.1.0."""
    files = sorted((TOP / "tests" / "outside_plugin").rglob("*"))
    kept = [path for path in files if path.suffix in (".py", ".toml") and path.name != "test_outside_plugin.py"]
    assert hashlib.sha256(b"".join(path.read_bytes() for path in kept)).hexdigest() == PLUG_IN
