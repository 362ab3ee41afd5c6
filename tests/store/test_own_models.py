"""An own model is used only after a second person approved it, and only with the weights that were approved."""

from pathlib import Path

import msgspec
import pytest
from tests.own_models import OWN_CARD, Constant

from fanzha.base.errors import UsageError
from fanzha.store.own_models import (
    CARD,
    WAITING,
    approve_own_model,
    list_outdated_models,
    load_own_models,
    own_model_folder,
    save_own_model,
    weights_path,
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
    card = approve_own_model("message", "乙", "2026-11-30", tmp_path)
    weights_path(own_model_folder("message", tmp_path), card).write_bytes(b"others")
    with pytest.raises(UsageError, match="not what 乙 approved"):
        load_own_models(tmp_path)["message"].load()


def test_weights_that_were_changed_while_they_waited_are_not_approved(tmp_path: Path) -> None:
    first = save_own_model(msgspec.structs.replace(OWN_CARD, approved_by="乙"), Constant(0.5), tmp_path)
    second = save_own_model(OWN_CARD, Constant(0.6), tmp_path)
    waiting = weights_path(own_model_folder("message", tmp_path) / WAITING, second)
    waiting.write_bytes(b"others")
    with pytest.raises(UsageError, match="not what 甲 trained"):
        approve_own_model("message", "乙", "2026-11-30", tmp_path)
    waiting.unlink()
    with pytest.raises(UsageError, match="not what 甲 trained"):
        approve_own_model("message", "乙", "2026-11-30", tmp_path)
    assert load_own_models(tmp_path)["message"].card == first


def test_a_model_that_was_not_compared_with_the_one_in_use_is_not_approved(tmp_path: Path) -> None:
    waiting = msgspec.structs.replace(OWN_CARD, replaced_sha256="")
    save_own_model(waiting, Constant(0.5), tmp_path)
    newer = save_own_model(msgspec.structs.replace(OWN_CARD, approved_by="乙"), Constant(0.6), tmp_path)
    with pytest.raises(UsageError, match="another one was put into use"):
        approve_own_model("message", "乙", "2026-11-30", tmp_path)
    assert load_own_models(tmp_path)["message"].card == newer
    save_own_model(msgspec.structs.replace(waiting, replaced_sha256=newer.weights_sha256), Constant(0.7), tmp_path)
    assert approve_own_model("message", "乙", "2026-11-30", tmp_path).approved_by == "乙"


def test_a_model_beside_other_shipped_weights_is_neither_used_nor_approved(tmp_path: Path) -> None:
    old = msgspec.structs.replace(OWN_CARD, shipped_sha256="0" * 64)
    saved = save_own_model(msgspec.structs.replace(old, approved_by="乙"), Constant(0.5), tmp_path)
    assert load_own_models(tmp_path) == {} and list_outdated_models(tmp_path) == [saved]
    save_own_model(old, Constant(0.6), tmp_path)
    with pytest.raises(UsageError, match="beside another version of the shipped model"):
        approve_own_model("message", "乙", "2026-11-30", tmp_path)


def test_the_model_in_use_stays_whole_if_the_card_of_the_next_one_is_not_written(tmp_path: Path) -> None:
    first = save_own_model(msgspec.structs.replace(OWN_CARD, approved_by="乙"), Constant(0.5), tmp_path)
    target = own_model_folder("message", tmp_path)
    (target / "0123456789abcdef.npz").write_bytes(b"weights of a process that was killed")
    assert load_own_models(tmp_path)["message"].card == first and weights_path(target, first).is_file()
    second = save_own_model(msgspec.structs.replace(OWN_CARD, approved_by="乙"), Constant(0.6), tmp_path)
    assert [path.name for path in target.glob("*.npz")] == [weights_path(target, second).name]


def test_weights_of_an_earlier_version_of_the_folder_are_found(tmp_path: Path) -> None:
    card = save_own_model(msgspec.structs.replace(OWN_CARD, approved_by="乙"), Constant(0.5), tmp_path)
    target = own_model_folder("message", tmp_path)
    weights_path(target, card).rename(target / "weights.npz")
    assert weights_path(target, card).name == "weights.npz"


def test_a_damaged_card_is_named(tmp_path: Path) -> None:
    folder = own_model_folder("message", tmp_path)
    folder.mkdir(parents=True)
    (folder / CARD).write_text("{}")
    with pytest.raises(UsageError, match="is no card"):
        load_own_models(tmp_path)
