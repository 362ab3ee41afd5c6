"""The command imports a table and prints the result in both languages."""

import io
from pathlib import Path

import pytest
from rich.console import Console
from tests.command.people import World, make_world

from fanzha.analyze.terminal import Progress
from fanzha.base.errors import UsageError
from fanzha.command.imports.models import ImportJob
from fanzha.run.table_import import import_as_json, import_table, print_import

pytestmark = pytest.mark.django_db
SPARED = "号码,来源类型,来源,归属单位,凭据,有效期至\n+8617000001234,中继,MSC-1,示例医院,合同 7,2099-01-01\nx,,,,,\n"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    return make_world()


def import_file(path: Path, text: str, table: str = "spared", owner: str = "Example carrier") -> ImportJob:
    path.write_text(text, "utf-8")
    with Progress(Console(file=io.StringIO()), quiet=True) as progress:
        return import_table(table, path, owner, progress)


def test_what_came_of_it_is_told(world: World, tmp_path: Path) -> None:
    job, output = import_file(tmp_path / "s.csv", SPARED), io.StringIO()
    print_import(Console(file=output, width=120), job)
    assert "待第二人同意" in output.getvalue() and "is required" in output.getvalue()
    assert (import_as_json(job)["waiting"], import_as_json(job)["rejected"]) == (1, 1) and Path(
        import_as_json(job)["rejects"]
    ).is_file()
    assert import_file(tmp_path / "again.csv", SPARED).pk == job.pk


@pytest.mark.parametrize(
    ("table", "owner", "error"),
    [
        ("spared", "nobody", "no organisation"),
        ("weather", "Example carrier", "does not import"),
        ("spared", "Example bank", "does not import"),
        ("portability", "Example carrier", "columns are missing"),
    ],
)
def test_usage_errors_are_told(world: World, tmp_path: Path, table: str, owner: str, error: str) -> None:
    with pytest.raises(UsageError, match=error):
        import_file(tmp_path / "s.csv", SPARED.replace("号码", "x"), table, owner)
