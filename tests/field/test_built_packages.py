"""Packages built by Android's own tools, aapt and apksigner, are read as they were built."""

import shutil
import subprocess
from pathlib import Path

import pytest

from fanzha.read.android_package import report_package

pytestmark = pytest.mark.field
FRAMEWORK = "/usr/share/android-framework-res/framework-res.apk"
MANIFEST = """<?xml version="1.0" encoding="utf-8"?>
<manifest xmlns:android="http://schemas.android.com/apk/res/android" package="com.example.built"
  android:versionCode="3" android:versionName="1.5">
<uses-sdk android:minSdkVersion="24" android:targetSdkVersion="30"/>
<uses-permission android:name="android.permission.READ_SMS"/>
<application android:label="@string/name">
<service android:name=".Reader" android:permission="android.permission.BIND_ACCESSIBILITY_SERVICE"/>
</application></manifest>"""


def run(*command: str, folder: Path) -> str:
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, timeout=100).stdout


@pytest.fixture
def signed(tmp_path: Path) -> Path:
    """A package with a name in its resources, signed by the schemes 1, 2 and 3."""
    assert shutil.which("aapt") and shutil.which("apksigner"), "run tools/field_packages"
    (tmp_path / "AndroidManifest.xml").write_text(MANIFEST)
    (tmp_path / "res" / "values").mkdir(parents=True)
    (tmp_path / "res" / "values" / "strings.xml").write_text(
        '<resources><string name="name">示例应用</string></resources>'
    )
    run("aapt", "package", "-M", "AndroidManifest.xml", "-S", "res", "-I", FRAMEWORK, "-F", "a.apk", folder=tmp_path)
    key = ("-keystore", "k.jks", "-storepass", "secret", "-keypass", "secret", "-alias", "a")
    run("keytool", "-genkeypair", *key, "-dname", "CN=Field", "-keyalg", "RSA", "-validity", "9000", folder=tmp_path)
    schemes = [f"--v{scheme}-signing-enabled" for scheme in (1, 2, 3)]
    flags = [word for scheme in schemes for word in (scheme, "true")]
    keystore = ("--ks", "k.jks", "--ks-pass", "pass:secret", "--min-sdk-version", "21")
    run("apksigner", "sign", *keystore, *flags, "--out", "b.apk", "a.apk", folder=tmp_path)
    return tmp_path / "b.apk"


def test_what_aapt_wrote_and_apksigner_signed_is_read(signed: Path) -> None:
    report = report_package(signed)
    assert (report.package, report.label, report.version_name) == ("com.example.built", "示例应用", "1.5")
    assert (report.min_sdk, report.target_sdk) == (24, 30)
    assert report.permissions == ("android.permission.READ_SMS",)
    assert "service.accessibility" in report.signs
    assert [signer.scheme for signer in report.signers] == ["v1", "v2", "v3"]
    told = run("apksigner", "verify", "--print-certs", str(signed), folder=signed.parent)
    assert f"SHA-256 digest: {report.certificates[0]}" in told
