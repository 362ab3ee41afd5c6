"""What an Android package holds, for a child process: manifest, signers, code, links, icon.

`fanzha.read._android.report` runs `inspect_package` in a child with limits. Imports the standard library and light
modules only, and the parsers (apk-info, androguard, Pillow) at first use: the parent never loads one.
"""

import hashlib
import io
import json
import mmap
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from fanzha.base.android import signs, strings
from fanzha.base.android.manifest import BadManifest, read_manifest
from fanzha.base.android.parsers import Androguard, ApkInfo, PackageParser
from fanzha.base.android.zip_directory import ZipDirectory, ZipEntry, ZipFault
from fanzha.base.child_worker import ChildRefusal

APK_INFO, ANDROGUARD = "apk_info", "androguard"
TOO_BIG, NO_MANIFEST, BAD_MANIFEST, NO_PARSER = "too_big", "no_manifest", "bad_manifest", "no_parser"

MAX_FILE_BYTES = 1 << 30
MAX_ENTRIES = 60_000
#: Unpacked bytes that are read of all DEX files, of resources, of assets, of native libraries, and of an inner package.
MAX_DEX_BYTES, MAX_RESOURCE_BYTES, MAX_ASSET_BYTES, MAX_LIBRARY_BYTES = 256 << 20, 32 << 20, 48 << 20, 48 << 20
MAX_INNER_BYTES = 400 << 20
MAX_MANIFEST_BYTES = 8 << 20
_MAX_PEEKS = 3_000
_PEEK_BYTES = 64
_MAX_ICON_BYTES, _MAX_ICON_SIDE = 4 << 20, 2_048
_MAX_TEXT = 400
_MANIFEST = "AndroidManifest.xml"
_DEX_NAME = re.compile(r"classes\d*\.dex")
_TEXT_ASSET = re.compile(
    r"assets/.*\.(html?|js|json|txt|xml|properties|conf(ig)?|ini|ya?ml|bundle|css|wxml|vue)|assets/[^.]*"
)
_RASTER = re.compile(r"res/.*\.(png|webp|jpe?g)|r/.*\.(png|webp|jpe?g)")
#: SHA-256 of the certificate that AOSP ships as "testkey"; the others of AOSP bear the same subject.
_TEST_KEY = "a40da80a59d170caa950cf15c18c454d47a39b26989d8b640ecd745ba71bf5dc"


@dataclass
class _Contents:
    """What was found so far."""

    links: set[str] = field(default_factory=set)
    signs: set[str] = field(default_factory=set)
    dex: list[dict[str, Any]] = field(default_factory=list)
    embedded: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)  # what was left out because of its size


def inspect_package(path: str, parser: str) -> Iterator[bytes]:
    """Yield one JSON object with the facts of a package. Raise ChildRefusal if it is not one, or unreadable."""
    size = os.stat(path).st_size
    if size > MAX_FILE_BYTES:
        raise ChildRefusal(TOO_BIG)
    if not size:
        raise ChildRefusal("no_directory")
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        view = memoryview(mapped)
        try:
            facts = _inspect(path, view, parser)
        except ZipFault as fault:
            raise ChildRefusal(fault.reason) from None
        finally:
            view.release()
    yield json.dumps(facts).encode()


def _inspect(path: str, data: memoryview, parser_name: str) -> dict[str, Any]:
    facts: dict[str, Any] = {"sha256": hashlib.sha256(data).hexdigest(), "file_bytes": len(data), "parser": parser_name}
    directory = ZipDirectory(data, MAX_ENTRIES)
    inner: bytes | None = None
    if _MANIFEST not in directory.entries:
        inner = _read_inner(directory)
        facts["container"] = "bundle"
        facts["container_entries"] = len(directory.entries)
        directory = ZipDirectory(memoryview(inner), MAX_ENTRIES)
        if _MANIFEST not in directory.entries:
            raise ChildRefusal(NO_MANIFEST)
    if directory.entries[_MANIFEST].unpacked_bytes > MAX_MANIFEST_BYTES:
        raise ChildRefusal("manifest_too_big")
    if len(directory.read(directory.entries[_MANIFEST], MAX_MANIFEST_BYTES + 1)) > MAX_MANIFEST_BYTES:
        raise ChildRefusal("manifest_too_big")
    parser = _open_parser(parser_name, path, inner)
    contents = _Contents()
    facts |= _read_manifest(parser, contents)
    _read_files(directory, contents)
    facts["signers"] = _read_signers(parser, contents)
    facts["icon"] = _read_icon(parser, directory)
    contents.signs |= {f"tamper.{name}" for name in directory.oddities}
    _find_shell(facts, contents)
    facts |= {
        "entries": len(directory.entries),
        "links": strings.telling_links(contents.links),
        "hosts": strings.telling_hosts(contents.links),
        "signs": sorted(contents.signs),
        "dex": contents.dex,
        "embedded": contents.embedded[:50],
        "unread": contents.unread[:20],
    }
    return facts


def _read_manifest(parser: PackageParser, contents: _Contents) -> dict[str, Any]:
    try:
        text = parser.manifest()
        facts = read_manifest(text, contents.signs)
    except BadManifest:
        raise ChildRefusal(BAD_MANIFEST) from None
    strings.find_links(text.encode("utf-8", "replace"), contents.links)
    try:
        label = parser.label()
    except Exception:
        label = ""
    return facts | {"label": label[:_MAX_TEXT]}


def _read_inner(directory: ZipDirectory) -> bytes:
    """Return the base package of a bundle (XAPK, APKS, APKM): base.apk, else the largest one."""
    packages = [entry for name, entry in directory.entries.items() if name.lower().endswith(".apk")]
    if not packages:
        raise ChildRefusal(NO_MANIFEST)
    base = next(
        (entry for entry in packages if os.path.basename(entry.name).lower() in ("base.apk", "base-master.apk")),
        max(packages, key=lambda entry: entry.unpacked_bytes),
    )
    inner = directory.read(base, MAX_INNER_BYTES + 1)
    if len(inner) > MAX_INNER_BYTES:
        raise ChildRefusal(TOO_BIG)
    return inner


def _open_parser(name: str, path: str, inner: bytes | None) -> PackageParser:
    """Open the package by a library. Raise ChildRefusal(BAD_MANIFEST) if it cannot parse it."""
    try:
        if name == ANDROGUARD:
            return Androguard(path, inner)
        return ApkInfo(path)
    except ImportError:
        raise ChildRefusal(NO_PARSER) from None
    except MemoryError:
        raise
    except Exception as error:
        raise ChildRefusal(f"{BAD_MANIFEST}: {type(error).__name__}") from None


def _read_files(directory: ZipDirectory, contents: _Contents) -> None:
    entries = directory.entries
    contents.signs |= {f"packer.{name}" for name in signs.find_packers(entries)}
    contents.signs |= {f"framework.{name}" for name in signs.find_frameworks(entries)}
    _read_dex(directory, contents)
    room = MAX_RESOURCE_BYTES
    if "resources.arsc" in entries:
        _read_text(directory, entries["resources.arsc"], room, contents)
    room = MAX_ASSET_BYTES
    for name in sorted(entries):
        if _TEXT_ASSET.fullmatch(name.lower()):
            room -= _read_text(directory, entries[name], room, contents)
    room = MAX_LIBRARY_BYTES
    for name in sorted(entries):
        if name.startswith("lib/") and name.endswith(".so"):
            room -= _read_text(directory, entries[name], room, contents)
    _find_embedded(directory, contents)


def _read_dex(directory: ZipDirectory, contents: _Contents) -> None:
    room = MAX_DEX_BYTES
    code = set[str]()
    for name in sorted(name for name in directory.entries if _DEX_NAME.fullmatch(name)):
        if room <= 0:
            contents.unread.append(name)
            continue
        data = directory.read(directory.entries[name], room + 1)
        if len(data) > room:
            contents.unread.append(name)
        room -= len(data)
        contents.dex.append({"name": name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)})
        texts = strings.string_data(data)
        strings.find_links(texts, contents.links)
        code |= signs.find_code(strings.list_dex_strings(texts))
        if signs.has_forwarding_code(texts):
            code.add("call_forwarding")
    contents.signs |= {f"code.{name}" for name in code}


def _read_text(directory: ZipDirectory, entry: ZipEntry, room: int, contents: _Contents) -> int:
    """Search an entry for links; return how many bytes were read."""
    if room <= 0:
        contents.unread.append(entry.name[:_MAX_TEXT])
        return 0
    data = directory.read(entry, room)
    if len(data) == room:
        contents.unread.append(entry.name[:_MAX_TEXT])
    strings.find_links(data, contents.links)
    if entry.name.startswith("assets/") and signs.has_forwarding_code(data):
        contents.signs.add("code.call_forwarding")
    return len(data)


def _find_embedded(directory: ZipDirectory, contents: _Contents) -> None:
    """Find packages and DEX files among assets and raw resources, by their first bytes, not by their names."""
    peeks = 0
    for name, entry in sorted(directory.entries.items()):
        if not name.startswith(("assets/", "res/raw/", "lib/")) or entry.unpacked_bytes < 112:
            continue
        peeks += 1
        if peeks > _MAX_PEEKS:
            contents.unread.append("assets/")
            return
        head = _peek(directory, entry)
        if head.startswith(b"dex\n0"):
            contents.embedded.append(name[:_MAX_TEXT])
            contents.signs.add("embedded.dex")
        elif head.startswith(b"PK\x03\x04") and (
            name.lower().endswith((".apk", ".apk1", ".xapk")) or _is_apk(directory, entry)
        ):
            contents.embedded.append(name[:_MAX_TEXT])
            contents.signs.add("embedded.apk")


def _peek(directory: ZipDirectory, entry: ZipEntry) -> bytes:
    oddities = set(directory.oddities)
    try:
        return directory.read(entry, _PEEK_BYTES)
    except ZipFault:
        return b""
    finally:
        directory.oddities = oddities


def _is_apk(directory: ZipDirectory, entry: ZipEntry) -> bool:
    try:
        inner = ZipDirectory(memoryview(directory.read(entry, 32 << 20)), MAX_ENTRIES)
    except ZipFault:
        return False
    return _MANIFEST in inner.entries


def _read_signers(parser: PackageParser, contents: _Contents) -> list[dict[str, str]]:
    try:
        signers = parser.signers()
    except MemoryError:
        raise
    except Exception:
        contents.signs.add("key.unreadable")
        return []
    if not signers:
        contents.signs.add("key.none")
    for signer in signers:
        subject = signer["subject"]
        if "Android Debug" in subject:
            contents.signs.add("key.debug")
        if signer["sha256"] == _TEST_KEY or "android@android.com" in subject:
            contents.signs.add("key.test")
    return signers[:20]


def _read_icon(parser: PackageParser, directory: ZipDirectory) -> dict[str, str]:
    """Return path, SHA-256 and perceptual hash of the icon: the largest raster picture of its name."""
    try:
        path = parser.icon()
    except Exception:
        path = ""
    stem = os.path.splitext(os.path.basename(path))[0]
    rasters = [
        entry
        for name, entry in directory.entries.items()
        if _RASTER.fullmatch(name) and (name == path or (stem and os.path.splitext(os.path.basename(name))[0] == stem))
    ]
    for entry in sorted(rasters, key=lambda item: -item.unpacked_bytes):
        if entry.unpacked_bytes <= _MAX_ICON_BYTES:
            data = directory.read(entry, _MAX_ICON_BYTES)
            picture_hash = hash_picture(data)
            if picture_hash:
                return {
                    "path": entry.name[:_MAX_TEXT],
                    "sha256": hashlib.sha256(data).hexdigest(),
                    "hash": picture_hash,
                }
    return {}


def hash_picture(data: bytes) -> str:
    """Return the 256-bit difference hash of a picture as 64 hex digits, or "" if it is none.

    The picture is put on white, made grey and 17 by 16 pixels; a bit is 1 if its pixel is darker than the next one.
    """
    try:
        from PIL import Image
    except ImportError:
        return ""
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "WEBP", "JPEG")) as picture:
            if max(picture.size) > _MAX_ICON_SIDE:
                return ""
            coloured = picture.convert("RGBA")
        ground = Image.new("RGBA", coloured.size, "white")
        grey = Image.alpha_composite(ground, coloured).convert("L").resize((17, 16), Image.Resampling.BOX).tobytes()
    except MemoryError:
        raise
    except Exception:
        return ""
    bits = 0
    for row in range(16):
        for column in range(16):
            bits = bits << 1 | (grey[row * 17 + column] + 4 < grey[row * 17 + column + 1])
    return f"{bits:064x}"


#: A shell: a window on a page elsewhere, with hardly any code and screens of its own.
_SHELL_DEX_BYTES, _SHELL_ACTIVITIES, _SHELL_HOSTS = 3 << 20, 3, 3


def _find_shell(facts: dict[str, Any], contents: _Contents) -> None:
    activities = sum(component["type"] == "activity" for component in facts["components"])
    dex_bytes = sum(item["bytes"] for item in contents.dex)
    hosts = strings.telling_hosts(contents.links)
    if (
        "code.web_view" in contents.signs
        and 0 < activities <= _SHELL_ACTIVITIES
        and dex_bytes <= _SHELL_DEX_BYTES
        and 0 < len(hosts) <= _SHELL_HOSTS
    ):
        contents.signs.add("shell.web_view")
    elif "framework.uni_app" in contents.signs and 0 < len(hosts) <= 30 and activities <= 40:
        contents.signs.add("shell.uni_app")
