"""Android packages made up for tests: a binary manifest, a DEX file that holds strings only, a signature block."""

import datetime
import io
import struct
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

ANDROID = "http://schemas.android.com/apk/res/android"
_RESOURCE_IDS = {
    "name": 0x01010003,
    "label": 0x01010001,
    "icon": 0x01010002,
    "permission": 0x01010006,
    "exported": 0x01010010,
    "minSdkVersion": 0x0101020C,
    "targetSdkVersion": 0x01010270,
    "versionCode": 0x0101021B,
    "versionName": 0x0101021C,
    "scheme": 0x01010027,
    "foregroundServiceType": 0x01010599,
    "debuggable": 0x0101000F,
}
_NO_STRING = 0xFFFFFFFF
_TYPE_STRING, _TYPE_INT = 0x03, 0x10


@dataclass(frozen=True)
class Element:
    """An element of a manifest; attributes of the Android namespace but `package`."""

    tag: str
    attributes: Mapping[str, str | int] = field(default_factory=dict)
    children: Sequence["Element"] = ()


def binary_xml(root: Element) -> bytes:
    """Return an element as Android binary XML (ResourceTypes.h of AOSP)."""
    names = [name for name in _RESOURCE_IDS if name in _attribute_names(root)]
    pool: dict[str, int] = {name: at for at, name in enumerate(names)}

    def index(text: str) -> int:
        return pool.setdefault(text, len(pool))

    body = _namespace(0x0100, index) + _element(root, index) + _namespace(0x0101, index)
    ids = struct.pack(f"<{len(names)}I", *(_RESOURCE_IDS[name] for name in names))
    resource_map = struct.pack("<HHI", 0x0180, 8, 8 + len(ids)) + ids
    strings = _string_pool(list(pool))
    size = 8 + len(strings) + len(resource_map) + len(body)
    return struct.pack("<HHI", 0x0003, 8, size) + strings + resource_map + body


def _attribute_names(element: Element) -> set[str]:
    return set(element.attributes).union(*(_attribute_names(child) for child in element.children))


def _namespace(kind: int, index) -> bytes:  # type: ignore[no-untyped-def]
    return struct.pack("<HHIIIII", kind, 16, 24, 1, _NO_STRING, index("android"), index(ANDROID))


def _element(element: Element, index) -> bytes:  # type: ignore[no-untyped-def]
    attributes = b""
    for name, value in element.attributes.items():
        space = _NO_STRING if name == "package" else index(ANDROID)
        if isinstance(value, str):
            text = index(value)
            attributes += struct.pack("<IIIHBBI", space, index(name), text, 8, 0, _TYPE_STRING, text)
        else:
            attributes += struct.pack("<IIIHBBI", space, index(name), _NO_STRING, 8, 0, _TYPE_INT, value)
    head = struct.pack("<HHIII", 0x0102, 16, 36 + len(attributes), 1, _NO_STRING)
    head += struct.pack("<IIHHHHHH", _NO_STRING, index(element.tag), 20, 20, len(element.attributes), 0, 0, 0)
    end = struct.pack("<HHIIIII", 0x0103, 16, 24, 1, _NO_STRING, _NO_STRING, index(element.tag))
    return head + attributes + b"".join(_element(child, index) for child in element.children) + end


def _string_pool(texts: Sequence[str]) -> bytes:
    data, offsets = b"", []
    for text in texts:
        encoded = text.encode("utf-16-le")
        offsets.append(len(data))
        data += struct.pack("<H", len(encoded) // 2) + encoded + b"\0\0"
    data += b"\0" * (-len(data) % 4)
    start = 28 + 4 * len(texts)
    head = struct.pack("<HHIIIIII", 0x0001, 28, start + len(data), len(texts), 0, 0, start, 0)
    return head + struct.pack(f"<{len(texts)}I", *offsets) + data


def manifest(
    package: str,
    label: str,
    *,
    permissions: Iterable[str] = (),
    components: Iterable[Element] = (),
    launcher: bool = True,
    icon: str = "",
) -> bytes:
    """Return a manifest. Names of permissions without a dot are Android's own."""
    main = Element(
        "activity",
        {"name": ".Main", "exported": "true"},
        (
            Element(
                "intent-filter",
                {},
                (
                    Element("action", {"name": "android.intent.action.MAIN"}),
                    Element("category", {"name": "android.intent.category.LAUNCHER"}),
                ),
            ),
        ),
    )
    asked = [
        Element("uses-permission", {"name": name if "." in name else f"android.permission.{name}"})
        for name in permissions
    ]
    about = {"label": label} | ({"icon": icon} if icon else {})
    application = Element("application", about, (*((main,) if launcher else ()), *components))
    sdk = Element("uses-sdk", {"minSdkVersion": 24, "targetSdkVersion": 33})
    root = Element("manifest", {"package": package, "versionCode": 7, "versionName": "1.2"}, (sdk, *asked, application))
    return binary_xml(root)


def component(tag: str, name: str, permission: str = "", *actions: str) -> Element:
    """Return a component behind a permission with an intent filter of these actions."""
    filters = (Element("intent-filter", {}, tuple(Element("action", {"name": action}) for action in actions)),)
    attributes = {"name": name} | ({"permission": f"android.permission.{permission}"} if permission else {})
    return Element(tag, attributes, filters if actions else ())


ACCESSIBILITY = component(
    "service", ".Reader", "BIND_ACCESSIBILITY_SERVICE", "android.accessibilityservice.AccessibilityService"
)
NOTIFICATIONS = component(
    "service",
    ".Notices",
    "BIND_NOTIFICATION_LISTENER_SERVICE",
    "android.service.notification.NotificationListenerService",
)
DEVICE_ADMIN = component("receiver", ".Admin", "BIND_DEVICE_ADMIN", "android.app.action.DEVICE_ADMIN_ENABLED")
SMS_RECEIVER = component("receiver", ".Sms", "", "android.provider.Telephony.SMS_RECEIVED")
NFC_CARD = component("service", ".Card", "BIND_NFC_SERVICE", "android.nfc.cardemulation.action.HOST_APDU_SERVICE")
SCREEN_CAPTURE = Element("service", {"name": ".Share", "foregroundServiceType": 0x20})


def dex(*texts: str) -> bytes:
    """Return a DEX file that has a string table and nothing else."""
    offsets, data = [], b""
    start = 0x70 + 4 * len(texts)
    for text in sorted(texts):
        offsets.append(start + len(data))
        data += bytes([min(len(text), 127)]) + text.encode() + b"\0"
    size = start + len(data)
    head = b"dex\n035\0" + b"\0" * 24 + struct.pack("<III", size, 0x70, 0x12345678) + b"\0" * 12
    head += struct.pack("<II", len(texts), 0x70)
    return head.ljust(0x70, b"\0") + struct.pack(f"<{len(texts)}I", *offsets) + data


@cache
def certificate(name: str) -> bytes:
    """Return a certificate of a key made for this name, as DER."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    begin = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    builder = builder.serial_number(7).not_valid_before(begin).not_valid_after(begin.replace(year=2050))
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def package(files: Mapping[str, bytes], signer: str = "") -> bytes:
    """Return a zip file of these files, with a signature block (scheme v2) that bears the signer's certificate."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return sign(buffer.getvalue(), certificate(signer)) if signer else buffer.getvalue()


def sign(data: bytes, der: bytes) -> bytes:
    """Put an APK signing block before the central directory. The signature is made up: nobody here verifies it."""
    end = data.rfind(b"PK\x05\x06")
    directory = struct.unpack_from("<I", data, end + 16)[0]

    def sized(part: bytes) -> bytes:
        return struct.pack("<I", len(part)) + part

    digests = sized(sized(struct.pack("<I", 0x0201) + sized(b"\0" * 32)))
    signed = sized(digests + sized(sized(der)) + sized(b""))
    signer = signed + sized(sized(struct.pack("<I", 0x0201) + sized(b"\0" * 64))) + sized(b"\0" * 91)
    value = struct.pack("<I", 0x7109871A) + sized(sized(signer))
    pair = struct.pack("<Q", len(value)) + value
    size = len(pair) + 24
    block = struct.pack("<Q", size) + pair + struct.pack("<Q", size) + b"APK Sig Block 42"
    moved = bytearray(data[end:])
    struct.pack_into("<I", moved, 16, directory + len(block))
    return data[:directory] + block + data[directory:end] + bytes(moved)
