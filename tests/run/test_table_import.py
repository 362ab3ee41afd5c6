"""A table is handed in and read by the process that was called; what came of it is told in both languages."""

import io
from pathlib import Path

import pytest
from rich.console import Console
from tests.command.people import World, make_world

from fanzha.analyze.terminal import Progress
from fanzha.base.errors import WrongCall
from fanzha.command.imports.models import ImportJob
from fanzha.run.table_import import import_table, print_import, told

pytestmark = pytest.mark.django_db
SPARED = "号码,来源类型,来源,归属单位,凭据,有效期至\n+8617000001234,中继,MSC-1,示例医院,合同 7,2099-01-01\nx,,,,,\n"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    return make_world()


def bring_in(path: Path, text: str, table: str = "spared", owner: str = "Example carrier") -> ImportJob:
    path.write_text(text, "utf-8")
    with Progress(Console(file=io.StringIO()), quiet=True) as progress:
        return import_table(table, path, owner, progress)


def test_what_came_of_it_is_told(world: World, tmp_path: Path) -> None:
    job, out = bring_in(tmp_path / "s.csv", SPARED), io.StringIO()
    print_import(Console(file=out, width=120), job)
    assert "待第二人同意" in out.getvalue() and "is required" in out.getvalue()
    assert (told(job)["waiting"], told(job)["rejected"]) == (1, 1) and Path(told(job)["rejects"]).is_file()
    assert bring_in(tmp_path / "again.csv", SPARED).pk == job.pk


@pytest.mark.parametrize(
    ("table", "owner", "said"),
    [
        ("spared", "nobody", "no organisation"),
        ("weather", "Example carrier", "does not import"),
        ("spared", "Example bank", "does not import"),
        ("portability", "Example carrier", "columns are missing"),
    ],
)
def test_wrong_calls_are_told(world: World, tmp_path: Path, table: str, owner: str, said: str) -> None:
    with pytest.raises(WrongCall, match=said):
        bring_in(tmp_path / "s.csv", SPARED.replace("号码", "x"), table, owner)
