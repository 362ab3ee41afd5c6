"""Commands on the site's database make Django ready for the state folder they are run in, and no other command does."""

import os
import subprocess
import sys
from pathlib import Path


def run(home: Path, code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "FANZHA_HOME": str(home)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_django_is_made_ready_for_the_state_folder(tmp_path: Path) -> None:
    told = run(
        tmp_path,
        "from fanzha.cli._command_plane import ready; ready()\n"
        "from django.conf import settings; from django.apps import apps\n"
        "print(apps.ready, settings.DATABASES['default']['NAME'])",
    )
    ready, name = told.split(" ", 1)
    assert ready == "True" and Path(name).is_relative_to(tmp_path)


def test_other_commands_do_without_it(tmp_path: Path) -> None:
    told = run(tmp_path, "import sys\nfrom fanzha.cli import fanzha\nprint('django' in sys.modules)")
    assert told == "False"
