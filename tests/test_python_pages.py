"""The examples of use-from-python.md and of the notebook beside it run in their order, as a reader would run them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

import fanzha.api

TOP = Path(__file__).resolve().parent.parent
PAGE = TOP / "docs" / "how-to" / "use-from-python.md"
NOTEBOOKS = sorted((TOP / "docs").rglob("*.ipynb"))
MOST_BYTES = 20_000


def run_in_order(pieces: list[str], name: str) -> dict[str, Any]:
    """Run pieces of code one after the other in one namespace and return it."""
    namespace: dict[str, Any] = {"__name__": "example"}
    for number, piece in enumerate(pieces, start=1):
        exec(compile(piece, f"{name} [{number}]", "exec"), namespace)
    return namespace


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


def test_the_examples_of_the_page_run_and_find_what_it_says() -> None:
    text = PAGE.read_text("utf-8")
    names = run_in_order(re.findall(r"^```python\n(.*?)^```", text, re.M | re.S), PAGE.name)
    assert names["result"].findings.num_rows > 0
    assert names["of_the_night"].summary.events == {"call_offered": 3}
    assert names["counts"].findings == names["result"].findings.num_rows
    assert names["tested"].hits.column("role").to_pylist() == ["fraud"]


def test_the_page_names_every_function_and_they_are_few() -> None:
    functions = {
        name
        for name in fanzha.api.__all__
        if callable(getattr(fanzha.api, name)) and not isinstance(getattr(fanzha.api, name), type) and name.islower()
    }
    text = PAGE.read_text("utf-8")
    assert {name for name in functions if f"`{name}(" not in text} == set()
    assert len(functions) <= 14


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_runs_and_is_kept_without_outputs(path: Path) -> None:
    notebook = json.loads(path.read_text("utf-8"))
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert [cell["id"] for cell in cells if cell["outputs"] or cell["execution_count"]] == []
    assert path.stat().st_size < MOST_BYTES
    names = run_in_order(["".join(cell["source"]) for cell in cells], path.name)
    assert names["findings"].num_rows > 0
    assert names["tested"].hits.num_rows > 0
