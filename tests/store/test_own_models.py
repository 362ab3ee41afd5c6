"""An own model is used only after a second person approved it, and only with the weights that were approved."""

from pathlib import Path

import msgspec
import pytest
from tests.own_models import OWN_CARD, Constant

from fanzha.base.errors import UsageError
from fanzha.store.own_models import (
    CARD,
    WAITING,
    WEIGHTS,
    approve_own_model,
    load_own_models,
    own_model_folder,
    save_own_model,
)


def test_a_model_waits_until_another_person_approves_it(tmp_path: Path) -> None:
    save_own_model(OWN_CARD, Constant(0.5), tmp_path)
    assert load_own_models(tmp_path) == {}
    for same in (" 甲", "甲\u3000", "甲\u200b"):
        with pytest.raises(UsageError, match="one person cannot"):
            approve_own_model("message", same, "2026-11-30", tmp_path)
    with pytest.raises(UsageError, match="who approves is not named"):
        approve_own_model("message", " ", "2026-11-30", tmp_path)
    card = approve_own_model("message", "乙", "2026-11-30", tmp_path)
    assert load_own_models(tmp_path)["message"].card == card and card.tag.startswith("own.")
    with pytest.raises(UsageError, match="no own model of message waits"):
        approve_own_model("message", "丙", "2026-11-30", tmp_path)


def test_an_approved_model_stays_in_use_while_its_successor_waits(tmp_path: Path) -> None:
    first = save_own_model(msgspec.structs.replace(OWN_CARD, approved_by="乙"), Constant(0.5), tmp_path)
    second = save_own_model(OWN_CARD, Constant(0.6), tmp_path)
    assert load_own_models(tmp_path)["message"].card == first
    approve_own_model("message", "乙", "2026-11-30", tmp_path)
    assert load_own_models(tmp_path)["message"].card.weights_sha256 == second.weights_sha256 != first.weights_sha256


def test_weights_that_were_changed_after_the_approval_are_refused(tmp_path: Path) -> None:
    save_own_model(OWN_CARD, Constant(0.5), tmp_path)
    approve_own_model("message", "乙", "2026-11-30", tmp_path)
    (own_model_folder("message", tmp_path) / WEIGHTS).write_bytes(b"others")
    with pytest.raises(UsageError, match="not what 乙 approved"):
        load_own_models(tmp_path)["message"].load()


def test_weights_that_were_changed_while_they_waited_are_not_approved(tmp_path: Path) -> None:
    first = save_own_model(msgspec.structs.replace(OWN_CARD, approved_by="乙"), Constant(0.5), tmp_path)
    save_own_model(OWN_CARD, Constant(0.6), tmp_path)
    waiting = own_model_folder("message", tmp_path) / WAITING / WEIGHTS
    waiting.write_bytes(b"others")
    with pytest.raises(UsageError, match="not what 甲 trained"):
        approve_own_model("message", "乙", "2026-11-30", tmp_path)
    waiting.unlink()
    with pytest.raises(UsageError, match="not what 甲 trained"):
        approve_own_model("message", "乙", "2026-11-30", tmp_path)
    assert load_own_models(tmp_path)["message"].card == first


def test_a_damaged_card_is_named(tmp_path: Path) -> None:
    folder = own_model_folder("message", tmp_path)
    folder.mkdir(parents=True)
    (folder / CARD).write_text("{}")
    with pytest.raises(UsageError, match="is no card"):
        load_own_models(tmp_path)
