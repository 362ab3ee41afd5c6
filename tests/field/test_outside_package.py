"""A package from outside, built and installed by pip, joins an installed Fanzha and leaves it again."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.field

PACKAGE = Path(__file__).resolve().parent.parent / "outside_plugin"


def kinds(offline: Callable[..., str]) -> set[str]:
    return {kind["name"] for kind in json.loads(offline("fanzha", "kinds", "--json"))}


def test_installed_it_is_there_and_uninstalled_it_is_gone(offline: Callable[..., str], tmp_path: Path) -> None:
    build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*build, "-w", tmp_path, PACKAGE], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    offline("pip", "install", "--no-deps", "--no-index", wheel)
    try:
        assert "meeting_number" in kinds(offline)
        assert "screen_sharing" in offline("fanzha", "detectors", "--json")
    finally:
        offline("pip", "uninstall", "--yes", "meeting-fraud")
    assert "meeting_number" not in kinds(offline)
