"""A worked example on a page is a package from outside: module and test are laid down, run and checked for style."""

import os
import re
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent


def lay_down(page: Path, folder: Path, module: str, group: str, name: str) -> Path:
    """Write the two Python blocks of a page as a package whose entry point in `group` is `module`.`name`."""
    code, test = re.findall(r"^```python\n(.*?)^```", page.read_text("utf-8"), re.M | re.S)
    (folder / f"{module}.py").write_text(code, "utf-8")
    (folder / f"test_{module}.py").write_text(test, "utf-8")
    info = folder / f"{module}-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module.replace('_', '-')}\nVersion: 1\n")
    (info / "entry_points.txt").write_text(f"[{group}]\n{module} = {module}:{name}\n")
    return folder


def run(folder: Path, *command: str | Path) -> str:
    """Run `python -m …` with the package installed; return what it printed, fail when it fails."""
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=TOP,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(folder), str(TOP)))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def run_its_tests(folder: Path) -> str:
    """Run the test of the page."""
    return run(folder, "pytest", "-q", "--rootdir", TOP, "-c", TOP / "pyproject.toml", folder)


def check_style(folder: Path) -> None:
    """Fail unless the code keeps the house style."""
    settings = ("--config", TOP / "pyproject.toml", "--no-cache")
    run(folder, "ruff", "check", *settings, folder)
    run(folder, "ruff", "format", "--check", *settings, folder)
