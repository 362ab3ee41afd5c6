"""The operator's own models: weights and card in `models/NAME/` of the state folder, used once they are approved."""

import hashlib
import shutil
import tempfile
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

CARD, WEIGHTS, WAITING = "card.json", "weights.npz", "waiting"


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
        part = Path(scratch) / WEIGHTS
        fitted.save(part)
        weights = part.read_bytes()
    card = msgspec.structs.replace(card, weights_sha256=hashlib.sha256(weights).hexdigest())
    _write(target if card.approved_by else target / WAITING, card, weights)
    return card


def approve_own_model(name: str, approved_by: str, approved_on: str, folder: Path | None = None) -> OwnModelCard:
    """Put the model that waits into use.

    Raise UsageError if none waits, if one person would do both, or if its weights are not those of its card.
    """
    target = own_model_folder(name, folder)
    card = read_own_card(target / WAITING)
    if card is None:
        raise UsageError(
            f"no own model of {name} waits for approval", fix="train it first: fanzha train NAME --own FILE"
        )
    require_two_people(card.trained_by, approved_by)
    waiting = target / WAITING / WEIGHTS
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


def load_own_models(folder: Path | None = None) -> dict[str, OwnModel]:
    """Return the approved own models by name.

    Their `load` raises UsageError if the weights are not those that were approved.
    """
    models = {}
    for path in sorted(((folder or state_folder()) / "models").glob(f"*/{CARD}")):
        card = read_own_card(path.parent)
        if card is not None and card.approved_by:
            models[card.name] = OwnModel(card, cache(partial(_load, card, path.with_name(WEIGHTS))))
    return models


def _load(card: OwnModelCard, weights: Path) -> MixedText:
    if not weights.is_file() or sha256_of(weights) != card.weights_sha256:
        raise UsageError(f"{weights} is not what {card.approved_by} approved", fix="train again, or remove its folder")
    model = all_models()[card.name]
    shipped: object = model.load()
    return MixedText(shipped, model.load(weights), card.offset)  # type: ignore[arg-type]


def _write(target: Path, card: OwnModelCard, weights: bytes) -> None:
    write_private_file(target / WEIGHTS, weights)
    write_private_file(target / CARD, msgspec.json.format(msgspec.json.encode(card), indent=1) + b"\n")
