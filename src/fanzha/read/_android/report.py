"""The facts of one Android package as a value, made by a child process with limits."""

from pathlib import Path

import msgspec

from fanzha.base.child_process import ChildError, ChildLimits, stream_from_child
from fanzha.base.child_service import ChildService
from fanzha.base.child_worker import ChildRefusal
from fanzha.base.words import Words
from fanzha.read._android import contents
from fanzha.read._rejects import UnreadableSource

_NOT_ANDROID = Words(
    "不是安卓安装包：没有 AndroidManifest.xml", "not an Android package: it has no AndroidManifest.xml"
)
_DAMAGED = Words("安装包不完整或已损坏", "the package is cut off or damaged")
_BAD_MANIFEST = Words(
    "两种解析程序都无法读取其 AndroidManifest.xml；文件可能被故意改坏，请人工分析",
    "its AndroidManifest.xml cannot be parsed; it may have been broken on purpose: have a person look at it",
)
_WORDS_BY_REASON = {
    contents.TOO_BIG: Words(
        f"超过 {contents.MAX_FILE_BYTES >> 30} GB，或其中的安装包超过 {contents.MAX_INNER_BYTES >> 20} MB",
        f"it is larger than {contents.MAX_FILE_BYTES >> 30} GB, or a package inside is larger than "
        f"{contents.MAX_INNER_BYTES >> 20} MB",
    ),
    contents.NO_MANIFEST: _NOT_ANDROID,
    contents.BAD_MANIFEST: _BAD_MANIFEST,
    contents.NO_PARSER: Words("未安装解析程序 apk-info", "the parser apk-info is not installed"),
    "no_directory": Words("不是完整的压缩包：没有文件目录", "not a whole zip file: it has no directory"),
    "cut_off": _DAMAGED,
    "damaged_directory": _DAMAGED,
    "too_many_entries": Words(
        f"文件数超过 {contents.MAX_ENTRIES} 个", f"it holds more than {contents.MAX_ENTRIES} files"
    ),
    "manifest_too_big": Words(
        f"AndroidManifest.xml 超过 {contents.MAX_MANIFEST_BYTES >> 20} MB，疑为解压炸弹",
        f"its AndroidManifest.xml is larger than {contents.MAX_MANIFEST_BYTES >> 20} MB: it looks like a bomb",
    ),
}
#: The first parser: CPU time is for the life of a child, the waiting time for one file.
LIMITS = ChildLimits(memory_bytes=2 * 1024**3, cpu_seconds=900, wait_seconds=45)
#: The second parser, for one file.
DEEP_LIMITS = ChildLimits(memory_bytes=2 * 1024**3, cpu_seconds=60, wait_seconds=90)

_SERVICE = ChildService(LIMITS, contents.inspect_package)


class Component(msgspec.Struct, frozen=True):
    """An activity, service, receiver or provider that the manifest declares."""

    type: str
    name: str
    exported: bool = False
    permission: str = ""  # that a caller needs
    foreground: str = ""
    actions: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    schemes: tuple[str, ...] = ()


class Signer(msgspec.Struct, frozen=True):
    """A certificate by which the package says it is signed. The signature itself is not verified here."""

    scheme: str  # v1, v2, v3, v31
    sha256: str
    subject: str = ""
    valid_from: str = ""
    valid_until: str = ""


class DexFile(msgspec.Struct, frozen=True):
    """A file of code."""

    name: str
    sha256: str
    bytes: int


class Icon(msgspec.Struct, frozen=True):
    """The icon: its path, SHA-256 and 256-bit difference hash as hex; empty if there is no raster picture."""

    path: str = ""
    sha256: str = ""
    hash: str = ""


class PackageReport(msgspec.Struct, frozen=True, kw_only=True):
    """What one Android package holds."""

    sha256: str
    file_bytes: int
    parser: str
    package: str
    label: str = ""
    version_name: str = ""
    version_code: str = ""
    min_sdk: int | None = None
    target_sdk: int | None = None
    debuggable: bool = False
    container: str = "apk"  # or "bundle": XAPK, APKS, APKM
    container_entries: int = 0
    entries: int = 0
    permissions: tuple[str, ...] = ()
    components: tuple[Component, ...] = ()
    signers: tuple[Signer, ...] = ()
    dex: tuple[DexFile, ...] = ()
    links: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    icon: Icon = Icon()
    embedded: tuple[str, ...] = ()  # packages and code files among its assets
    unread: tuple[str, ...] = ()  # what was left out because of its size

    @property
    def certificates(self) -> tuple[str, ...]:
        """The SHA-256 of each certificate once, the newest scheme first, as Android takes it."""
        ordered = sorted(self.signers, key=lambda signer: signer.scheme, reverse=True)
        return tuple(dict.fromkeys(signer.sha256 for signer in ordered))


def report_package(path: Path) -> PackageReport:
    """Return the facts of a package. Raise UnreadableSource with the reason if it is none, broken or endless."""
    file = str(path.absolute())
    try:
        data = _SERVICE.call(file, contents.APK_INFO)
    except (ChildRefusal, ChildError) as first:
        data = _retry(file, first)
    try:
        return msgspec.json.decode(data, type=PackageReport)
    except msgspec.MsgspecError as error:
        raise UnreadableSource(_DAMAGED) from error


def _retry(file: str, first: ChildRefusal | ChildError) -> bytes:
    """Ask the second parser if the first could not read the manifest or crashed; else say why."""
    reason = first.reason.partition(":")[0] if isinstance(first, ChildRefusal) else ""
    if isinstance(first, ChildRefusal) and reason != contents.BAD_MANIFEST:
        raise UnreadableSource(_WORDS_BY_REASON.get(reason, _DAMAGED)) from None
    try:
        return b"".join(stream_from_child(DEEP_LIMITS, contents.inspect_package, file, contents.ANDROGUARD))
    except (ChildRefusal, ChildError):
        words = first.words if isinstance(first, ChildError) else _BAD_MANIFEST
        raise UnreadableSource(words) from None
