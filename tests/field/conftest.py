"""What the field tests share: a wheelhouse, and an installation made from it with no network at all."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent.parent
#: Files that take minutes: they are begun first, so that no worker is left alone with one at the end.
LONGEST = (
    "test_site_api",
    "test_wheelhouse",
    "test_console_pages",
    "test_played_month",
    "test_zoo_day",
    "test_differences",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first: with `--dist loadfile --no-loadscope-reorder` they are begun in this order."""
    items.sort(key=lambda item: LONGEST.index(item.path.stem) if item.path.stem in LONGEST else len(LONGEST))


def run(*command: str | Path, **environment: str) -> str:
    """Run a program in the tree and return what it printed; fail with all it said."""
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", **environment}
    done = subprocess.run(command, cwd=TOP, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def cut_off() -> list[str]:
    """The prefix under which a program has no network; without one the proof would prove nothing, so it must exist."""
    for prefix in (["unshare", "--net"], ["unshare", "--map-root-user", "--net"]):
        if subprocess.run([*prefix, "true"], check=False, capture_output=True).returncode == 0:
            return prefix
    raise AssertionError("this kernel makes no network namespace: run the field tests on one that does")


@pytest.fixture(scope="session")
def wheelhouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheelhouse as `make wheelhouse` makes it."""
    folder = tmp_path_factory.mktemp("offline") / "wheelhouse"
    run(TOP / "tools" / "wheelhouse", folder, **{**os.environ, "VENV": sys.prefix, "PYTHONS": ""})
    return folder


@pytest.fixture(scope="session")
def offline(wheelhouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """Run a program of an environment installed from the wheelhouse; installed and run without network."""
    venv, home = wheelhouse.parent / "venv", tmp_path_factory.mktemp("home")
    nowhere = cut_off()

    def inside(program: str, *arguments: str | Path) -> str:
        return run(*nowhere, venv / "bin" / program, *arguments, HOME=str(home))

    run(*nowhere, sys.executable, "-m", "venv", venv, HOME=str(home))
    found = ("--quiet", "--disable-pip-version-check", "--no-index", "--find-links", wheelhouse)
    inside("pip", "install", "--no-compile", *found, "--require-hashes", "-r", wheelhouse / "base.txt")
    inside("pip", "install", "--no-compile", *found, "--no-deps", "fanzha")
    return inside
