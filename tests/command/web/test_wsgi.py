"""A process that answers requests loads neither the compiler of the kernels nor the readers' database."""

import os
import subprocess
import sys
from pathlib import Path

HEAVY_MODULES = ("numba", "llvmlite", "duckdb", "pyarrow.compute", "pyarrow.parquet")
ANSWER_REQUESTS = f"""
import sys
from fanzha.command.web.wsgi import application
from django.test import RequestFactory
statuses = []
for path in ("/inbox/", "/healthz", "/api/v1/openapi.json"):
    environ = RequestFactory().get(path, headers={{"host": "127.0.0.1"}}).environ
    b"".join(application(environ, lambda status, headers, error=None: statuses.append(int(status.split()[0]))))
print(statuses, [name for name in {HEAVY_MODULES!r} if name in sys.modules])
"""


def test_answering_requests_loads_no_numba(tmp_path: Path) -> None:
    environment = {**os.environ, "FANZHA_HOME": str(tmp_path)}
    command = [sys.executable, "-c", ANSWER_REQUESTS]
    answered = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert answered.stdout == "[302, 200, 200] []\n"
