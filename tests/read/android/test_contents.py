"""Icons are compared by hashes; both parsers say the same of a package."""

import io
import json
from pathlib import Path

from PIL import Image
from tests.android_packages import ACCESSIBILITY, dex, manifest, package

from fanzha.read._android import contents


def icon(colour: str, *, size: int = 96) -> bytes:
    """A picture with a bar of this colour."""
    picture = Image.new("RGBA", (size, size), (0, 0, 0, 0))
    picture.paste(colour, (size // 8, size // 4, size // 2, size - size // 8))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def test_the_likeness_of_icons_is_a_small_distance() -> None:
    hashes = [int(contents.hash_picture(icon(*about[:1], size=about[1])), 16) for about in (("red", 96), ("red", 192))]
    assert (hashes[0] ^ hashes[1]).bit_count() <= 8
    assert contents.hash_picture(b"no picture") == ""


def test_both_parsers_say_the_same(tmp_path: Path) -> None:
    data = manifest("com.example.a", "示例", permissions=["READ_SMS"], components=[ACCESSIBILITY])
    path = tmp_path / "a.apk"
    path.write_bytes(package({"AndroidManifest.xml": data, "classes.dex": dex("https://a.example/")}, "Alice"))
    first, second = (
        json.loads(b"".join(contents.inspect_package(str(path), parser)))
        for parser in (contents.APK_INFO, contents.ANDROGUARD)
    )
    for facts in (first, second):
        for signer in facts.pop("signers"):
            assert len(signer["sha256"]) == 64
        del facts["parser"]
    assert first == second
