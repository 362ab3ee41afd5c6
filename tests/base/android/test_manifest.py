"""Permissions, components and signs are read from the text of a manifest; what is none is refused."""

import pytest

from fanzha.base.android.manifest import BadManifest, read_manifest

TEXT = """<manifest xmlns:android="http://schemas.android.com/apk/res/android" package="com.example.a">
<uses-permission android:name="android.permission.READ_SMS"/>
<uses-sdk android:minSdkVersion="24"/>
<application><service android:name=".Reader" android:permission="android.permission.BIND_ACCESSIBILITY_SERVICE"/>
<receiver android:name="b.Admin"><intent-filter><action android:name="android.app.action.DEVICE_ADMIN_ENABLED"/>
</intent-filter></receiver><service android:name=".Share" android:foregroundServiceType="0x22"/></application>
</manifest>"""


def test_facts_and_signs_are_read() -> None:
    signs = set[str]()
    facts = read_manifest(TEXT, signs)
    assert (facts["package"], facts["min_sdk"], facts["target_sdk"]) == ("com.example.a", 24, None)
    assert facts["permissions"] == ["android.permission.READ_SMS"]
    assert [component["name"] for component in facts["components"]] == [
        "com.example.a.Reader",
        "b.Admin",
        "com.example.a.Share",
    ]
    assert signs == {
        "service.accessibility",
        "receiver.device_admin",
        "service.screen_capture",
        "activity.no_launcher",
    }


@pytest.mark.parametrize("text", ["", "<a", "<manifest/>", '<!DOCTYPE a [<!ENTITY b "c">]><manifest package="a.b"/>'])
def test_what_is_no_manifest_is_refused(text: str) -> None:
    with pytest.raises(BadManifest):
        read_manifest(text, set())
