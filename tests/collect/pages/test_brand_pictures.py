"""Pictures of brands are hashed once, and a page is like a brand only below the threshold."""

import asyncio
from pathlib import Path

from fanzha.collect.pages.brand_pictures import BrandPicture, load_brand_pictures, match_pictures
from fanzha.collect.pages.picture_reader import PictureReader


class CountingReader(PictureReader):
    """Hashes by length instead of by a browser, and counts."""

    def __init__(self) -> None:
        self.calls = 0

    async def hash_picture(self, data: bytes) -> str:
        self.calls += 1
        return f"{len(data):064x}"


def test_files_are_hashed_once(tmp_path: Path) -> None:
    folder = tmp_path / "brand-pictures" / "Bank.example"
    folder.mkdir(parents=True)
    (folder / "logo.png").write_bytes(b"abc")
    (folder / "notes.txt").write_bytes(b"no picture")
    reader = CountingReader()
    for _ in range(2):
        (found,) = asyncio.run(load_brand_pictures(reader, tmp_path))
    assert found == BrandPicture("bank.example", "logo.png", f"{3:064x}") and reader.calls == 1


def test_without_pictures_nothing_is_like_a_brand(tmp_path: Path) -> None:
    assert asyncio.run(load_brand_pictures(CountingReader(), tmp_path)) == []
    assert match_pictures([("icon", "ff" * 32)], []) == ()


def test_the_nearest_picture_of_each_brand_counts() -> None:
    pictures = [
        BrandPicture("a.example", "1", f"{3:064x}"),
        BrandPicture("a.example", "2", f"{1:064x}"),
        BrandPicture("b.example", "3", "ff" * 32),
    ]
    (likeness,) = match_pictures([("icon", ""), ("logo", f"{1:064x}")], pictures)
    assert (likeness.brand, likeness.picture, likeness.distance, likeness.source) == ("a.example", "2", 0, "logo")
