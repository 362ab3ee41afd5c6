"""Packages become one event each; broken and hostile ones end with a reason, whatever they try."""

import io
import json
import struct
import zipfile
from pathlib import Path

import pytest
from PIL import Image
from tests.android_packages import (
    ACCESSIBILITY,
    DEVICE_ADMIN,
    NFC_CARD,
    SCREEN_CAPTURE,
    SMS_RECEIVER,
    Element,
    binary_xml,
    certificate,
    dex,
    manifest,
    package,
)

from fanzha.read import ReadContext, ReadResult, find_sources, read_source
from fanzha.read._android import report

CONTEXT = ReadContext(observed_at=1_772_323_815_000)
PLAIN = {"AndroidManifest.xml": manifest("com.example.a", "示例"), "classes.dex": dex("a")}


def read(path: Path, data: bytes) -> ReadResult:
    path.write_bytes(data)
    (source,) = find_sources([path.parent])
    return read_source(source, CONTEXT)


def icon(colour: str, *, size: int = 96) -> bytes:
    """A picture with a bar of this colour."""
    picture = Image.new("RGBA", (size, size), (0, 0, 0, 0))
    picture.paste(colour, (size // 8, size // 4, size // 2, size - size // 8))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def test_a_package_is_one_event(tmp_path: Path) -> None:
    files = {
        "AndroidManifest.xml": manifest(
            "com.example.loan",
            "示例贷款",
            permissions=["READ_SMS", "INTERNET"],
            components=[ACCESSIBILITY, SCREEN_CAPTURE, SMS_RECEIVER, DEVICE_ADMIN, NFC_CARD],
        ),
        "classes.dex": dex("https://pay.example/app", "**21*", "Ldalvik/system/DexClassLoader;"),
        "assets/index.html": b"<a href='http://203.0.113.9:8080/x'>",
        "lib/arm64-v8a/libjiagu_a64.so": b"\x7fELF",
        "assets/base.bin": package(PLAIN),
    }
    result = read(tmp_path / "a.apk", package(files, "Mallory"))
    (row,) = result.rows("app_seen")
    assert (row["app"], row["shown_name"], row["version"], row["min_sdk"]) == (
        "com.example.loan",
        "示例贷款",
        "1.2",
        24,
    )
    assert row["permissions"] == ["android.permission.INTERNET", "android.permission.READ_SMS"]
    assert row["hosts"] == ["203.0.113.9", "pay.example"]
    assert row["signs"] == [
        "code.call_forwarding",
        "code.load_code",
        "embedded.apk",
        "packer.qihoo_360",
        "receiver.device_admin",
        "receiver.sms",
        "service.accessibility",
        "service.nfc_card",
        "service.screen_capture",
    ]
    import hashlib

    assert row["certificate_sha256"] == hashlib.sha256(certificate("Mallory")).hexdigest()
    assert (result.read, result.used, result.rejects) == (1, 1, [])


def test_a_bundle_is_read_by_its_base_package(tmp_path: Path) -> None:
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("manifest.json", json.dumps({"package_name": "com.example.a"}))
        archive.writestr("com.example.a.apk", package(PLAIN, "Alice"))
        archive.writestr("config.zh.apk", b"PK")
    (row,) = read(tmp_path / "a.xapk", outer.getvalue()).rows("app_seen")
    assert row["app"] == "com.example.a" and row["certificates"]


def test_an_icon_is_hashed_by_its_largest_picture(tmp_path: Path) -> None:
    files = PLAIN | {
        "AndroidManifest.xml": manifest("com.example.a", "a", icon="res/mipmap-mdpi/ic.png"),
        "res/mipmap-mdpi/ic.png": icon("red", size=48),
        "res/mipmap-xxhdpi/ic.png": icon("red", size=192),
    }
    path = tmp_path / "a.apk"
    path.write_bytes(package(files))
    assert report.report_package(path).icon.path == "res/mipmap-xxhdpi/ic.png"


def test_a_shell_around_one_page_is_seen(tmp_path: Path) -> None:
    files = PLAIN | {"classes.dex": dex("Landroid/webkit/WebView;", "loadUrl", "https://m.example/")}
    (row,) = read(tmp_path / "a.apk", package(files)).rows("app_seen")
    assert row["signs"] == ["code.web_view", "key.none", "shell.web_view"]


def patched(data: bytes, field: int, form: str, value: int) -> bytes:
    """Change a field of the first entry of the central directory."""
    changed = bytearray(data)
    struct.pack_into(form, changed, changed.index(b"PK\x01\x02") + field, value)
    return bytes(changed)


def deep(levels: int) -> bytes:
    """A manifest of elements within elements, made without recursion."""
    leaf = binary_xml(Element("x"))
    return leaf[:8] + leaf[8:] * levels


HOSTILE = {
    "cut off": (package(PLAIN)[:300], "zip file"),
    "not a package": (package({"a.txt": b"hello"}), "no AndroidManifest.xml"),
    "no zip file": (b"PK\x03\x04" + b"hello" * 50, "zip file"),
    "noise as manifest": (package({"AndroidManifest.xml": b"\x03\0\x08\0" + b"\xff" * 500}), "AndroidManifest.xml"),
    "manifest bomb": (package({"AndroidManifest.xml": bytes(20_000_000)}), "bomb"),
    "many strings": (
        package({"AndroidManifest.xml": PLAIN["AndroidManifest.xml"][:16] + b"\xff\xff\xff\x7f" * 8}),
        "AndroidManifest.xml",
    ),
    "elements without end": (package({"AndroidManifest.xml": deep(20_000)}), "AndroidManifest.xml"),
    "empty directory": (b"PK\x05\x06" + bytes(18), "AndroidManifest.xml"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_package_ends_with_a_reason(name: str, tmp_path: Path) -> None:
    data, reason = HOSTILE[name]
    result = read(tmp_path / "a.apk", data)
    assert not result.tables and len(result.rejects) == 1
    assert reason in result.rejects[0].reason and result.rejects[0].reason_zh


def test_a_trick_that_stops_other_tools_is_a_sign(tmp_path: Path) -> None:
    (row,) = read(tmp_path / "a.apk", patched(package(PLAIN), 8, "<H", 1)).rows("app_seen")
    assert "tamper.encrypted_flag" in str(row["signs"])


def test_a_bomb_among_the_assets_is_left_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = PLAIN | {f"assets/{number}.json": bytes(30_000_000) for number in range(3)}
    path = tmp_path / "a.apk"
    path.write_bytes(package(files))
    assert report.report_package(path).unread == ("assets/1.json", "assets/2.json")


def test_packages_stand_beside_other_files(tmp_path: Path) -> None:
    (tmp_path / "a.apk").write_bytes(package(PLAIN))
    (tmp_path / "renamed.bin").write_bytes(package(PLAIN))
    (tmp_path / "sites.txt").write_text("a.example\nb.example\n")
    assert [source.format for source in find_sources([tmp_path])][:2] == ["android_package", "android_package"]
