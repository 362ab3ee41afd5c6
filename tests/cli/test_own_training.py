"""`fanzha train MODEL --own` names what it needs, and shows a card with its state."""

from io import StringIO
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result
from rich.console import Console
from tests.made_up_cases import write_cases
from tests.own_models import OWN_CARD

from fanzha.cli import fanzha
from fanzha.cli._own_training import print_own_card
from fanzha.models.families.own_model import FamilyAlarms, Retention

CARD = msgspec.structs.replace(
    OWN_CARD,
    figures={"auc": 0.9, "auc_ci95": [0.8, 0.95]},
    families=[FamilyAlarms("courier", 9, 1)],
    retention=Retention(70, 60, 61),
    weights_sha256="0123456789",
)


def run(*words: str) -> Result:
    return CliRunner().invoke(fanzha, ["train", *words])


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path / "home"))


def test_too_few_cases_are_explained(tmp_path: Path) -> None:
    cases = write_cases(tmp_path / "cases.csv", 3, 3)
    result = run("message", "--own", f"{cases}:text=content,label=verdict", "--basis", "协议", "--by", "甲")
    assert "3 different frauds are too few" in str(result.exception)


def test_one_model_is_named_and_not_mixed_with_a_rebuild(tmp_path: Path) -> None:
    assert "name one MODEL" in run("--own", "cases.csv").output
    assert "name one MODEL" in run("message", "--own", "cases.csv", "--data", str(tmp_path)).output
    assert "(--data)" in run("message").output


def test_nothing_waits_for_approval() -> None:
    assert "no own model of message waits" in str(run("message", "--approved-by", "乙").exception)


def test_a_card_shows_figures_families_and_that_it_waits() -> None:
    out = StringIO()
    print_own_card(Console(file=out, width=140), CARD)
    shown = out.getvalue()
    assert "0.900 (0.800–0.950)" in shown and "courier: 1/9" in shown and "61/70" in shown
    assert "waits for a second person" in shown and "own.01234567" in shown
