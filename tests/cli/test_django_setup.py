"""Commands on the site's database make Django ready for the state folder they are run in, and no other command does."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


def run(home: Path, code: str) -> str:
    completed = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "FANZHA_HOME": str(home)},
        capture_output=True,
        text=True,
        check=True,
    )
    return completed.stdout.strip()


def test_django_is_made_ready_for_the_state_folder(tmp_path: Path) -> None:
    output = run(
        tmp_path,
        "from fanzha.cli._django_setup import set_up_django; set_up_django()\n"
        "from django.conf import settings; from django.apps import apps\n"
        "print(apps.ready, settings.DATABASES['default']['NAME'])",
    )
    ready, name = output.split(" ", 1)
    assert ready == "True" and Path(name).is_relative_to(tmp_path)


def test_other_commands_do_without_it(tmp_path: Path) -> None:
    output = run(tmp_path, "import sys\nfrom fanzha.cli import fanzha\nprint('django' in sys.modules)")
    assert output == "False"


@pytest.mark.parametrize(
    "words",
    [
        ["audit", "verify"],
        ["import", "findings", "."],
        ["import", "tables", "portability", __file__, "--as", "nobody"],
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_without_a_site_it_is_said_how_to_make_one(tmp_path: Path, words: list[str]) -> None:
    completed = subprocess.run(
        [sys.executable, "-m", "fanzha", *words],
        env={**os.environ, "FANZHA_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert completed.returncode == 2 and "Traceback" not in completed.stderr
    assert "no site here" in completed.stderr and "create-organization" in completed.stderr
