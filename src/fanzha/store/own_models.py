"""The operator's own models: weights and card in `models/NAME/` of the state folder, used once they are approved.

The weights are named after their digest, and the card names the digest. So the card, which is written after them by one
rename, puts both into use at once, and a process that ends in between leaves the earlier model in use.
"""

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path

import msgspec

from fanzha.base.errors import UsageError
from fanzha.base.people import name_key
from fanzha.learn.card import sha256_of
from fanzha.models import Fitted, all_models
from fanzha.models.families.own_model import MixedText, OwnModel, OwnModelCard
from fanzha.store.private_files import create_private_folder, write_private_file
from fanzha.store.state_folder import state_folder

CARD, WAITING = "card.json", "waiting"
_LEGACY_WEIGHTS = "weights.npz"  # where earlier versions wrote them


def weights_path(target: Path, card: OwnModelCard) -> Path:
    """Return the file of a model's weights in its folder."""
    path = target / f"{card.weights_sha256[:16]}.npz"
    legacy = target / _LEGACY_WEIGHTS
    return legacy if legacy.is_file() and not path.is_file() else path


def own_model_folder(name: str, folder: Path | None = None) -> Path:
    """Return the folder of an own model; one that waits for approval is in `waiting` below it."""
    return (folder or state_folder()) / "models" / name.replace("-", "_")


def read_own_card(target: Path) -> OwnModelCard | None:
    """Return the card in a folder, None if there is none. Raise UsageError if it is damaged."""
    path = target / CARD
    if not path.is_file():
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=OwnModelCard)
    except msgspec.MsgspecError as error:
        raise UsageError(f"{path} is no card ({error})", fix="train again, or remove its folder") from None


def save_own_model(card: OwnModelCard, fitted: Fitted, folder: Path | None = None) -> OwnModelCard:
    """Write weights and card, readable by the owner only; return the card with the digest of the weights.

    A model without approval waits beside the approved one, which stays in use.
    """
    target = own_model_folder(card.name, folder)
    with tempfile.TemporaryDirectory(dir=create_private_folder(target)) as scratch:
        part = Path(scratch) / _LEGACY_WEIGHTS
        fitted.save(part)
        weights = part.read_bytes()
    card = msgspec.structs.replace(card, weights_sha256=hashlib.sha256(weights).hexdigest())
    _write(target if card.approved_by else target / WAITING, card, weights)
    return card


def approve_own_model(name: str, approved_by: str, approved_on: str, folder: Path | None = None) -> OwnModelCard:
    """Put the model that waits into use.

    Raise UsageError if none waits, if one person would do both, if its weights are not those of its card, or if the
    model with which it was compared is no longer the one in use.
    """
    target = own_model_folder(name, folder)
    card = read_own_card(target / WAITING)
    if card is None:
        raise UsageError(
            f"no own model of {name} waits for approval", fix="train it first: fanzha train NAME --own FILE"
        )
    require_two_people(card.trained_by, approved_by)
    _require_same_rival(card, read_own_card(target))
    waiting = weights_path(target / WAITING, card)
    weights = waiting.read_bytes() if waiting.is_file() else b""
    if hashlib.sha256(weights).hexdigest() != card.weights_sha256:
        raise UsageError(
            f"{waiting} is not what {card.trained_by} trained 权重与训练时不一致", fix="train again 请重新训练"
        )
    card = msgspec.structs.replace(card, approved_by=approved_by.strip(), approved_on=approved_on)
    _write(target, card, weights)
    shutil.rmtree(target / WAITING)
    return card


def require_two_people(trained_by: str, approved_by: str) -> None:
    """Raise UsageError if two names are one person's, or the second is blank."""
    if not name_key(approved_by):
        raise UsageError("who approves is not named 未写明批准人", fix="add --approved-by NAME")
    if name_key(trained_by) == name_key(approved_by):
        raise UsageError(
            "one person cannot train and approve a model 训练人与批准人不得为同一人",
            fix="have a second person approve it: --approved-by NAME",
        )


def _require_same_rival(card: OwnModelCard, in_use: OwnModelCard | None) -> None:
    """Raise UsageError if a waiting model was trained beside another shipped one, or compared with another own one."""
    if is_outdated(card):
        raise UsageError(
            f"the own model of {card.name} was trained beside another version of the shipped model "
            "自有模型训练时的内置模型已更新",
            fix="train again 请重新训练",
        )
    current = in_use.weights_sha256 if in_use and in_use.approved_by and not is_outdated(in_use) else ""
    if card.replaced_sha256 is not None and card.replaced_sha256 != current:
        raise UsageError(
            f"since the own model of {card.name} was trained, another one was put into use, with which it was not "
            "compared 该模型训练后已有其他自有模型启用，两者未作比较",
            fix="train again 请重新训练",
        )


def is_outdated(card: OwnModelCard) -> bool:
    """Return whether an own model was trained beside other shipped weights than those installed."""
    model = all_models().get(card.name)
    return model is None or model.card().weights_sha256 != card.shipped_sha256


def load_own_models(folder: Path | None = None) -> dict[str, OwnModel]:
    """Return the approved own models by name, without those that are outdated.

    Their `load` raises UsageError if the weights are not those that were approved.
    """
    return {
        card.name: OwnModel(card, cache(partial(_load, card, weights_path(target, card))))
        for target, card in _approved(folder)
        if not is_outdated(card)
    }


def list_outdated_models(folder: Path | None = None) -> list[OwnModelCard]:
    """Return the cards of approved own models that an upgrade of the shipped model has put out of use."""
    return [card for _target, card in _approved(folder) if is_outdated(card)]


def _approved(folder: Path | None) -> Iterator[tuple[Path, OwnModelCard]]:
    for path in sorted(((folder or state_folder()) / "models").glob(f"*/{CARD}")):
        card = read_own_card(path.parent)
        if card is not None and card.approved_by:
            yield path.parent, card


def _load(card: OwnModelCard, weights: Path) -> MixedText:
    if not weights.is_file() or sha256_of(weights) != card.weights_sha256:
        raise UsageError(f"{weights} is not what {card.approved_by} approved", fix="train again, or remove its folder")
    model = all_models()[card.name]
    shipped: object = model.load()
    return MixedText(shipped, model.load(weights), card.offset)  # type: ignore[arg-type]


def _write(target: Path, card: OwnModelCard, weights: bytes) -> None:
    """Write the weights, then the card, which puts them into use; then delete the weights of the model before."""
    path = target / f"{card.weights_sha256[:16]}.npz"
    write_private_file(path, weights)
    write_private_file(target / CARD, msgspec.json.format(msgspec.json.encode(card), indent=1) + b"\n")
    for earlier in target.glob("*.npz"):
        if earlier != path:
            earlier.unlink(missing_ok=True)
