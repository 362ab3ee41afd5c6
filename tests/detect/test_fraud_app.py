"""Combinations count, not permissions; brands are spoken of only with their certificates; bad certificates suffice."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pytest
from tests.android_packages import (
    ACCESSIBILITY,
    DEVICE_ADMIN,
    NFC_CARD,
    NOTIFICATIONS,
    SCREEN_CAPTURE,
    SMS_RECEIVER,
    Element,
    dex,
    manifest,
    package,
)

from fanzha.brands import Brand, BrandTable
from fanzha.claims import Finding
from fanzha.detect.fraud_app import FraudAppDetector
from fanzha.events import all_events
from fanzha.read import ReadContext, find_sources, read_source
from fanzha.read._android.report import report_package

CONTEXT = ReadContext(observed_at=1_772_323_815_000)


class MadeApp(NamedTuple):
    """What a package is made of."""

    label: str
    permissions: Sequence[str] = ()
    components: Sequence[Element] = ()
    code: Sequence[str] = ()
    name: str = "com.example.app"
    signer: str = "Mallory"
    launcher: bool = True
    files: Mapping[str, bytes] = {}

    def write(self, path: Path) -> Path:
        """Write the package."""
        data = manifest(
            self.name,
            self.label,
            permissions=self.permissions,
            components=self.components,
            launcher=self.launcher,
        )
        files = {"AndroidManifest.xml": data, "classes.dex": dex("a", *self.code), **self.files}
        path.write_bytes(package(files, self.signer))
        return path


def findings(path: Path, detector: FraudAppDetector | None = None) -> list[Finding]:
    (source,) = find_sources([path])
    (batch,) = read_source(source, CONTEXT).tables["app_seen"].to_batches()
    return list((detector or FraudAppDetector()).open().feed("app_seen", batch))


CAPTURE = ("Landroid/media/projection/MediaProjectionManager;", "createVirtualDisplay")
SHELL = ("Landroid/webkit/WebView;", "loadUrl", "http://203.0.113.7/m/")
FRAUDS = {
    "screen sharing": MadeApp("公安协查", ["INTERNET", "READ_SMS"], [ACCESSIBILITY, SCREEN_CAPTURE], CAPTURE),
    "forwarding": MadeApp("系统服务", ["CALL_PHONE", "READ_SMS"], [SMS_RECEIVER], ["**21*"], launcher=False),
    "dropper": MadeApp(
        "贷款助手",
        ["REQUEST_INSTALL_PACKAGES"],
        files={"assets/x.bin": package({"AndroidManifest.xml": b"a" * 200})},
    ),
    "shell": MadeApp("快速贷款", ["INTERNET"], code=SHELL, name="com.xkqwzrt.a"),
    "device admin": MadeApp(
        "信用卡提额", ["RECEIVE_SMS", "SYSTEM_ALERT_WINDOW"], [DEVICE_ADMIN, ACCESSIBILITY, NOTIFICATIONS]
    ),
}
HONEST = {
    "remote support": MadeApp(
        "示例远程协助",
        ["INTERNET", "SYSTEM_ALERT_WINDOW", "REQUEST_INSTALL_PACKAGES"],
        [ACCESSIBILITY, SCREEN_CAPTURE],
        CAPTURE,
    ),
    "bank for blind people": MadeApp(
        "示例银行",
        ["INTERNET", "NFC"],
        [ACCESSIBILITY, NFC_CARD],
        ["Landroid/nfc/tech/IsoDep;", "transceive", "Lcom/google/android/gms/auth/api/phone/SmsRetriever;"],
        files={"lib/arm64-v8a/libDexHelper.so": b"x"},
    ),
    "parental control": MadeApp(
        "家长守护", ["SYSTEM_ALERT_WINDOW", "PACKAGE_USAGE_STATS"], [DEVICE_ADMIN, ACCESSIBILITY, NOTIFICATIONS]
    ),
    "authenticator": MadeApp(
        "示例验证器", ["CAMERA", "INTERNET"], code=["Lcom/google/android/gms/auth/api/phone/SmsRetriever;"]
    ),
    "school": MadeApp(
        "示例中学", ["INTERNET"], code=["Landroid/webkit/WebView;", "loadUrl", "https://www.school.example/"]
    ),
}


@pytest.mark.parametrize("name", FRAUDS)
def test_a_fraud_app_is_found_by_what_it_can_do_together(name: str, tmp_path: Path) -> None:
    (finding,) = findings(FRAUDS[name].write(tmp_path / "a.apk"))
    assert finding.subject.startswith("apk:") and finding.role == "lure"
    assert finding.sentence_zh.endswith("。") and finding.sentence_en.endswith(".")


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_app_that_may_do_much_is_clear(name: str, tmp_path: Path) -> None:
    assert not findings(HONEST[name].write(tmp_path / "a.apk"))


def detector(signer: str, icon: str = "") -> FraudAppDetector:
    icons = (icon,) if icon else ()
    brand = Brand("fictionbank.example", "虚构银行", "Fiction Bank", "finance", signers=(signer,), icons=icons)
    return FraudAppDetector(BrandTable([brand]))


def test_a_brands_name_counts_only_with_its_certificates(tmp_path: Path) -> None:
    genuine = MadeApp("虚构银行", ["INTERNET", "READ_SMS"], [ACCESSIBILITY], signer="Fiction Bank").write(
        tmp_path / "a.apk"
    )
    certificate = report_package(genuine).certificates[0]
    fake = MadeApp("虚构银行客户端", ["INTERNET"]).write(tmp_path / "b.apk")
    assert not findings(fake), "no certificates are loaded: nothing is said"
    (finding,) = findings(fake, detector(certificate))
    assert (finding.fraud_type, finding.score) == ("fake_bank", 0.9) and "虚构银行" in finding.sentence_zh
    assert findings(genuine), "it may do much"
    assert not findings(genuine, detector(certificate)), "it bears the brand's certificate"


def test_a_known_bad_certificate_suffices(tmp_path: Path) -> None:
    path = MadeApp("手电筒").write(tmp_path / "a.apk")
    certificate = report_package(path).certificates[0]
    listed = FraudAppDetector().with_lists({"bad_app_signers": (certificate.upper(),)})
    assert not findings(path) and findings(path, listed)[0].score == 0.95


def test_an_icon_is_compared_with_those_loaded() -> None:
    icon = f"{(1 << 250) - 1:064x}"
    near = f"{(1 << 250) - 1 - 0b111:064x}"
    row = {
        "event_id": "a",
        "occurred_at": 0,
        "observed_at": 0,
        "source": "t",
        "simulated": False,
        "app": "com.example.a",
        "file_sha256": "a" * 64,
        "signs": [],
        "certificates": ["b" * 64],
        "icon_hash": near,
        "shown_name": "x",
    }
    batch = pa.RecordBatch.from_pylist([row], schema=all_events()["app_seen"].schema)
    (finding,) = detector("c" * 64, icon).detect("app_seen", batch)
    assert finding.score == 0.85
