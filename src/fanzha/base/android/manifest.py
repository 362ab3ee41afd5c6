"""What a manifest declares: package, permissions, components, and which of them serve fraud together with others."""

import xml.etree.ElementTree as ET
from typing import Any

_MAX_COMPONENTS, _MAX_TEXT = 3_000, 400
_ANDROID = "{http://schemas.android.com/apk/res/android}"
_COMPONENTS = ("activity", "activity-alias", "service", "receiver", "provider")
#: Permission that protects a component -> sign.
_BOUND = {
    ("service", "android.permission.BIND_ACCESSIBILITY_SERVICE"): "service.accessibility",
    ("service", "android.permission.BIND_NOTIFICATION_LISTENER_SERVICE"): "service.notification_listener",
    ("service", "android.permission.BIND_NFC_SERVICE"): "service.nfc_card",
    ("service", "android.permission.BIND_VPN_SERVICE"): "service.vpn",
    ("service", "android.permission.BIND_INPUT_METHOD"): "service.input_method",
    ("service", "android.permission.BIND_INCALL_SERVICE"): "service.in_call",
    ("service", "android.permission.BIND_SCREENING_SERVICE"): "service.call_screening",
    ("service", "android.permission.BIND_CALL_REDIRECTION_SERVICE"): "service.call_redirection",
    ("receiver", "android.permission.BIND_DEVICE_ADMIN"): "receiver.device_admin",
}
#: Action of an intent filter -> sign.
_ACTIONS = {
    "android.accessibilityservice.AccessibilityService": "service.accessibility",
    "android.service.notification.NotificationListenerService": "service.notification_listener",
    "android.nfc.cardemulation.action.HOST_APDU_SERVICE": "service.nfc_card",
    "android.app.action.DEVICE_ADMIN_ENABLED": "receiver.device_admin",
    "android.provider.Telephony.SMS_RECEIVED": "receiver.sms",
    "android.provider.Telephony.SMS_DELIVER": "receiver.default_sms",
    "android.intent.action.NEW_OUTGOING_CALL": "receiver.outgoing_call",
    "android.intent.action.DIAL": "activity.dialler",
    "com.google.android.gms.auth.api.phone.SMS_RETRIEVED": "receiver.sms_retriever",
    "android.intent.action.BOOT_COMPLETED": "receiver.boot",
}


class BadManifest(Exception):
    """The manifest is no XML, or names no package."""


def read_manifest(text: str, signs: set[str]) -> dict[str, Any]:
    """Return the facts of a manifest written as XML text; add what its components show to `signs`.

    Raise BadManifest if it is none.
    """
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise BadManifest
    try:
        root = ET.fromstring(text)
    except (ET.ParseError, ValueError):
        raise BadManifest from None
    package = root.get("package", "")
    if not package:
        raise BadManifest
    application = root.find("application")
    sdk = root.find("uses-sdk")
    components = _list_components(application, package)
    _find_signs(components, signs)
    permissions = sorted(
        {
            name
            for tag in ("uses-permission", "uses-permission-sdk-23", "uses-permission-sdk-m")
            for element in root.iter(tag)
            if (name := element.get(f"{_ANDROID}name"))
        }
    )
    if not any(_is_launcher(component) for component in components):
        signs.add("activity.no_launcher")
    return {
        "package": package[:255],
        "version_name": root.get(f"{_ANDROID}versionName", "")[:100],
        "version_code": root.get(f"{_ANDROID}versionCode", "")[:40],
        "min_sdk": _number(sdk, "minSdkVersion"),
        "target_sdk": _number(sdk, "targetSdkVersion"),
        "debuggable": application is not None and application.get(f"{_ANDROID}debuggable") == "true",
        "permissions": [name[:_MAX_TEXT] for name in permissions[:1_000]],
        "components": components,
    }


def _number(element: ET.Element | None, name: str) -> int | None:
    value = element.get(f"{_ANDROID}{name}", "") if element is not None else ""
    return int(value) if value.isdecimal() and len(value) < 6 else None


def _list_components(application: ET.Element | None, package: str) -> list[dict[str, Any]]:
    components = list[dict[str, Any]]()
    for element in application if application is not None else ():
        if element.tag not in _COMPONENTS or len(components) >= _MAX_COMPONENTS:
            continue
        name = element.get(f"{_ANDROID}name", "")
        components.append(
            {
                "type": element.tag,
                "name": (package + name if name.startswith(".") else name)[:_MAX_TEXT],
                "exported": element.get(f"{_ANDROID}exported") == "true",
                "permission": element.get(f"{_ANDROID}permission", "")[:_MAX_TEXT],
                "foreground": element.get(f"{_ANDROID}foregroundServiceType", "")[:100],
                "actions": _names(element, "action"),
                "categories": _names(element, "category"),
                "schemes": sorted(
                    {scheme[:60] for data in element.iter("data") if (scheme := data.get(f"{_ANDROID}scheme"))}
                )[:20],
            }
        )
    return components


def _names(element: ET.Element, tag: str) -> list[str]:
    return sorted({name[:200] for child in element.iter(tag) if (name := child.get(f"{_ANDROID}name"))})[:40]


def _is_launcher(component: dict[str, Any]) -> bool:
    return "android.intent.action.MAIN" in component["actions"] and bool(
        {"android.intent.category.LAUNCHER", "android.intent.category.LEANBACK_LAUNCHER"} & {*component["categories"]}
    )


def _find_signs(components: list[dict[str, Any]], signs: set[str]) -> None:
    for component in components:
        sign = _BOUND.get((component["type"], component["permission"]))
        if sign:
            signs.add(sign)
        signs |= {_ACTIONS[action] for action in component["actions"] if action in _ACTIONS}
        if "android.intent.category.HOME" in component["categories"]:
            signs.add("activity.home")
        # A flag of 0x20 in the number that aapt writes (ServiceInfo.FOREGROUND_SERVICE_TYPE_MEDIA_PROJECTION).
        foreground = component["foreground"]
        if "mediaProjection" in foreground or (_integer(foreground) & 0x20):
            signs.add("service.screen_capture")


def _integer(text: str) -> int:
    try:
        return int(text, 0)
    except ValueError:
        return 0
