"""Detectors run with what the operator keeps in the state folder."""

from pathlib import Path

import pytest

from fanzha.analyze.operated import operated, operated_key
from fanzha.detect import all_detectors


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    (tmp_path / "tables").mkdir()
    return tmp_path


def test_where_the_operator_keeps_nothing_the_detectors_are_the_shipped_ones(home: Path) -> None:
    assert operated(all_detectors()) == all_detectors()


def test_brands_and_tables_reach_the_detectors_that_use_them(home: Path) -> None:
    (home / "brands.toml").write_text("[[brand]]\ndomain = 'zorblaxbank.com'\n", "utf-8")
    (home / "tables" / "allocation.csv").write_text("prefix,operator\n194,电信\n", "utf-8")
    known, given = all_detectors(), operated(all_detectors())
    changed = {name for name in known if known[name] is not given[name]}
    assert changed == {"fraud-text", "lookalike-website", "gateway-guard"}


def test_another_brand_or_table_is_another_key(home: Path) -> None:
    keys = [operated_key()]
    for name, text in (
        ("brands.toml", "[[brand]]\ndomain = 'zorblaxbank.com'\n"),
        ("tables/allocation.csv", "prefix,operator\n194,电信\n"),
        ("tables/allocation.csv", "prefix,operator\n195,电信\n"),
        ("tables/portability.csv", "number,operator\n19100000001,移动\n"),
    ):
        (home / name).write_text(text, "utf-8")
        keys.append(operated_key())
    assert len(set(keys)) == len(keys)
    assert operated_key() == keys[-1]
