"""tools/setup finds a fit Python, names what is missing with the command that brings it, and does nothing twice."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """What the script reads, in a folder of its own."""
    for name in ("tools/setup", "pyproject.toml", *(f"requirements/{n}.txt" for n in ("base", "demo", "build", "dev"))):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(TOP / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A PATH folder with the shell's own tools and no Python."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "cat", "sha256sum", "cut", "dirname", "rm", "mkdir", "tail"):
        (folder / name).symlink_to(str(shutil.which(name)))
    return folder


def setup(tree: Path, level: str, **environment: str) -> subprocess.CompletedProcess[str]:
    given = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(tree), **environment}
    return subprocess.run(
        ["sh", tree / "tools" / "setup", level], env=given, capture_output=True, text=True, check=False
    )


def python(folder: Path, name: str, body: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{body}\n")
    (folder / name).chmod(0o755)


def forget_the_systems_python(tree: Path) -> None:
    """The script also looks at the one place where Debian keeps it; this machine may have one there."""
    script = tree / "tools" / "setup"
    script.write_text(script.read_text().replace(" /usr/bin/python3", ""))


def make_ready(tree: Path, level: str) -> None:
    """Lay an environment as a finished set-up leaves it."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tree / ".venv"], check=True)
    names = [tree / "requirements" / f"{name}.txt" for name in ("base", "demo", "build", "dev")]
    data = b"".join(path.read_bytes() for path in [*names, tree / "pyproject.toml"])
    digest = subprocess.run(["sha256sum"], input=data, capture_output=True, check=True).stdout.decode()[:16]
    (tree / ".venv" / f"ready-{level}").write_text(digest + "\n")


def test_a_python_that_does_not_fit_is_named(tree: Path) -> None:
    done = setup(tree, "base", PYTHON="/bin/false")
    assert done.returncode == 1
    assert "PYTHON=/bin/false is not a Python 3.11, 3.12 or 3.13" in done.stderr


def test_without_any_python_the_command_that_brings_one_is_said(tree: Path, programs: Path) -> None:
    forget_the_systems_python(tree)
    done = setup(tree, "base", PATH=str(programs))
    assert done.returncode == 1
    assert "apt-get install python3 python3-venv" in done.stderr


def test_without_venv_the_package_that_brings_it_is_said(tree: Path, programs: Path) -> None:
    no_venv = f'case "$*" in *ensurepip*) exit 1;; esac; exec {sys.executable} "$@"'
    python(programs, "python3", no_venv)
    forget_the_systems_python(tree)
    done = setup(tree, "base", PATH=str(programs))
    assert done.returncode == 1
    assert "apt-get install python3-venv" in done.stderr


@pytest.mark.parametrize(
    ("made", "asked"),
    [("base", "base"), ("dev", "dev"), ("dev", "base"), ("demo", "demo"), ("demo", "base"), ("dev", "demo")],
)
def test_what_is_ready_is_left_alone(tree: Path, made: str, asked: str) -> None:
    make_ready(tree, made)
    done = setup(tree, asked)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_environment_of_the_demo_grows_into_that_of_the_tests(tree: Path) -> None:
    make_ready(tree, "base")
    assert "installing the locked packages (dev)" in setup(tree, "dev").stderr


def test_a_changed_lock_is_installed_again(tree: Path) -> None:
    make_ready(tree, "dev")
    with (tree / "requirements" / "dev.txt").open("a") as lock:
        lock.write("# changed\n")
    done = setup(tree, "dev")
    assert "installing the locked packages (dev)" in done.stderr
    assert not list((tree / ".venv").glob("ready-*")), "an unfinished set-up must not look finished"
