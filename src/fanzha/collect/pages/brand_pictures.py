"""Pictures of brands that the operator loaded: `brand-pictures/DOMAIN/` of the state folder, any number of files each.

Their hashes are kept beside them, by the SHA-256 of the file. Without pictures no page is like any brand.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec

from fanzha.collect.pages.picture_hash import count_different_bits
from fanzha.collect.pages.picture_reader import MOST_BYTES, PictureReader
from fanzha.store.look_record import BrandLikeness
from fanzha.store.private_files import write_private_file
from fanzha.store.state_folder import state_folder

#: Most different bits of 256: clones of made-up brands had 20 at most, other brands 50 at least.
MOST_DIFFERENT_BITS = 24
_CACHE_NAME = ".hashes.json"
_SUFFIXES = {".png", ".jpg", ".jpeg", ".gif", ".webp", ".ico", ".svg"}


class BrandPicture(NamedTuple):
    """A picture of a brand: the domain that is its home, the name of the file, and the perceptual hash."""

    brand: str
    name: str
    picture_hash: str


def pictures_folder(folder: Path | None = None) -> Path:
    """Return the folder of the pictures in a state folder."""
    return (folder or state_folder()) / "brand-pictures"


async def load_brand_pictures(reader: PictureReader, folder: Path | None = None) -> list[BrandPicture]:
    """Return the pictures of all brands; files that are new are hashed in the browser. Plain pictures are left out."""
    root = pictures_folder(folder)
    files = [path for path in sorted(root.glob("*/*")) if path.suffix.lower() in _SUFFIXES and path.is_file()]
    if not files:
        return []
    hashes = _read_cache(root / _CACHE_NAME)
    pictures, is_changed = list[BrandPicture](), False
    for path in files:
        if path.stat().st_size > MOST_BYTES:
            continue
        data = path.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        if digest not in hashes:
            hashes[digest], is_changed = await reader.hash_picture(data), True
        if hashes[digest]:
            pictures.append(BrandPicture(path.parent.name.lower(), path.name, hashes[digest]))
    if is_changed:
        write_private_file(root / _CACHE_NAME, msgspec.json.encode(hashes))
    return pictures


def match_pictures(found: Iterable[tuple[str, str]], pictures: Iterable[BrandPicture]) -> tuple[BrandLikeness, ...]:
    """Return the brands that pictures of a page (source and hash) are like, the likest first, each brand once."""
    pictures = list(pictures)
    likest: dict[str, BrandLikeness] = {}
    for source, picture_hash in found:
        for picture in pictures:
            distance = count_different_bits(picture_hash, picture.picture_hash)
            earlier = likest.get(picture.brand)
            if distance <= MOST_DIFFERENT_BITS and (earlier is None or distance < earlier.distance):
                likest[picture.brand] = BrandLikeness(picture.brand, source, picture.name, distance)
    return tuple(sorted(likest.values(), key=lambda likeness: likeness.distance))


def _read_cache(path: Path) -> dict[str, str]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, str])
    except (OSError, msgspec.DecodeError):
        return {}
