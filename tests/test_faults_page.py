"""Each row of docs/reference/faults.md is shown by a test, and each test of tests/faults stands in a row."""

import ast
import re
from collections import Counter
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
PAGE = TOP / "docs" / "reference" / "faults.md"
FOLDER = TOP / "tests" / "faults"
COLUMNS = 6


def rows() -> list[list[str]]:
    """Return the cells of the rows of the page's tables that name a test."""
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if "::test_" in line]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip("|"))] for line in lines]


def find_tests(path: Path) -> set[str]:
    """Return the names of the test functions of a file."""
    nodes = ast.parse(path.read_text("utf-8")).body
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def kinds() -> set[str]:
    """Return the kinds of files that the test of damaged files goes through."""
    for node in ast.parse((FOLDER / "test_damaged_files.py").read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "KINDS":
            assert isinstance(node.value, ast.Dict)
            return {ast.literal_eval(key) for key in node.value.keys if key is not None}
    raise AssertionError("there are no KINDS")


def named_tests() -> list[tuple[str, str, str]]:
    """Return file, function and kind ("" for none) of the test that each row names."""
    found = []
    for row in rows():
        matched = re.search(r"`([\w/]+\.py)::(test_\w+)(?:\[([^]]+)\])?`$", row[-1])
        assert matched, f"this row names no test at its end: {row}"
        found.append((matched[1], matched[2], matched[3] or ""))
    return found


def test_every_row_has_all_cells() -> None:
    for row in rows():
        assert len(row) == COLUMNS and all(row), row


def test_every_row_names_a_test_that_exists() -> None:
    for file, name, _ in named_tests():
        path = TOP / file if "/" in file else FOLDER / file
        assert path.is_file() and name in find_tests(path), f"{file}::{name}"


def test_each_test_of_faults_stands_in_exactly_one_row() -> None:
    written = Counter((file, name) for file, name, kind in named_tests() if "/" not in file and not kind)
    expected = {(path.name, name) for path in FOLDER.glob("test_*.py") for name in find_tests(path)}
    by_kind = {(file, name) for file, name, kind in named_tests() if kind}
    assert set(written) | by_kind == expected
    assert set(written.values()) == {1}


def test_each_kind_of_damaged_file_stands_in_exactly_one_row() -> None:
    written = Counter(kind for _, _, kind in named_tests() if kind)
    assert set(written) == kinds() and set(written.values()) == {1}
