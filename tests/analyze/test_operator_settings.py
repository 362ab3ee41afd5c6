"""Detectors run with what the operator keeps in the state folder."""

from pathlib import Path

import msgspec
import pytest
from tests.own_models import OWN_CARD, Constant

from fanzha.analyze.operator_settings import (
    apply_operator_settings,
    governance,
    operator_rules,
    operator_settings_digest,
)
from fanzha.claims.rule_lifecycle import RuleState, RuleStep
from fanzha.detect import RuleDetector, all_detectors
from fanzha.store.own_models import approve_own_model, save_own_model
from fanzha.store.rule_texts import RuleTexts


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    (tmp_path / "tables").mkdir()
    return tmp_path


def test_where_the_operator_keeps_nothing_the_detectors_are_the_shipped_ones(home: Path) -> None:
    assert apply_operator_settings(all_detectors()) == all_detectors()


def test_brands_and_tables_reach_the_detectors_that_use_them(home: Path) -> None:
    (home / "brands.toml").write_text("[[brand]]\ndomain = 'zorblaxbank.com'\n", "utf-8")
    (home / "tables" / "allocation.csv").write_text("prefix,operator\n194,电信\n", "utf-8")
    detectors, configured = all_detectors(), apply_operator_settings(all_detectors())
    changed = {name for name in detectors if detectors[name] is not configured[name]}
    assert changed == {"fraud-app", "fraud-text", "lookalike-website", "gateway-guard"}


def test_another_brand_or_table_is_another_key(home: Path) -> None:
    keys = [operator_settings_digest()]
    for name, text in (
        ("brands.toml", "[[brand]]\ndomain = 'zorblaxbank.com'\n"),
        ("tables/allocation.csv", "prefix,operator\n194,电信\n"),
        ("tables/allocation.csv", "prefix,operator\n195,电信\n"),
        ("tables/portability.csv", "number,operator\n19100000001,移动\n"),
        ("tables/holders.csv", "number,holder_from\n17000000001,2026-01-01\n"),
    ):
        (home / name).write_text(text, "utf-8")
        keys.append(operator_settings_digest())
    assert len(set(keys)) == len(keys)
    assert operator_settings_digest() == keys[-1]


def test_an_approved_own_model_reaches_its_detector_and_is_in_its_version_and_in_the_key(home: Path) -> None:
    save_own_model(OWN_CARD, Constant(0.5))
    key = operator_settings_digest()
    assert apply_operator_settings(all_detectors()) == all_detectors()
    card = approve_own_model("message", "乙", "2026-11-30")
    configured = apply_operator_settings(all_detectors())
    assert [name for name, detector in configured.items() if "own." in detector.applied_version] == ["fraud-text"]
    assert configured["fraud-text"].applied_version.endswith(card.tag) and operator_settings_digest() != key


def test_an_own_model_beside_other_shipped_weights_is_left_out_with_a_warning(
    home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    old = msgspec.structs.replace(OWN_CARD, shipped_sha256="0" * 64, approved_by="乙")
    save_own_model(old, Constant(0.5))
    assert apply_operator_settings(all_detectors()) == all_detectors()
    assert "is not used" in caplog.text and "train it again" in caplog.text


RULE = """
rule wangiri "自有" "own"
  version {version}
  on call_ended
  when count(call_ended by caller, 1h) >= 9 and caller not in friends
  then find call score 0.5
"""


def moved(texts: RuleTexts, version: int, *states: RuleState) -> None:
    texts.add("wangiri", RULE.format(version=version), at=version, by="A", why="a test")
    for state in states:
        texts.move(
            "wangiri", RuleStep(state=state, share=0.5 if state is RuleState.SHARE else 0.0, at=9, by="B", why="a test")
        )


def test_an_own_rule_runs_beside_the_shipped_one_until_it_may_act_and_then_in_its_place(home: Path) -> None:
    (home / "lists").mkdir()
    (home / "lists" / "friends.txt").write_text("+8617000000001\n", "utf-8")
    texts = RuleTexts()
    moved(texts, 1, RuleState.BACKTEST)
    assert operator_rules() == {}
    texts.move("wangiri", RuleStep(state=RuleState.WARMING, at=9, by="B", why="a test"))
    (name,) = operator_rules()
    assert name.startswith("wangiri@")
    for state in (RuleState.SHADOW, RuleState.SHARE):
        texts.move("wangiri", RuleStep(state=state, share=0.5 * (state is RuleState.SHARE), at=9, by="B", why="a test"))
    (one,) = operator_rules().values()
    assert set(operator_rules()) == {"wangiri"}
    assert isinstance(one, RuleDetector)
    assert one.rules[0].title.en == "own"


def test_rules_lists_budgets_and_spared_numbers_are_in_the_key(home: Path) -> None:
    (home / "lists").mkdir()
    keys = [operator_settings_digest()]
    for change in (
        lambda: moved(RuleTexts(), 1, RuleState.BACKTEST),
        lambda: (home / "lists" / "friends.txt").write_text("+8617000000001\n", "utf-8"),
        lambda: (home / "fanzha.toml").write_text("[budget]\nsubjects_an_hour = 3\n", "utf-8"),
        lambda: (home / "lists" / "spared.csv").write_text(
            "number,origin_kind,origin,owner,proof\n+8617000000001,trunk,TG-1,a hospital,a contract\n", "utf-8"
        ),
    ):
        change()
        keys.append(operator_settings_digest())
    assert len(set(keys)) == len(keys)


def test_settings_become_limits_by_detector(home: Path) -> None:
    (home / "fanzha.toml").write_text("[budget.sim_box]\nsubjects_an_hour = 3\n", "utf-8")
    assert governance().budgets["sim-box"].subjects_an_hour == 3
