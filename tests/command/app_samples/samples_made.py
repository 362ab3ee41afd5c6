"""Packages for tests of app samples, and a sample that was taken in."""

from collections.abc import Mapping

from tests.android_packages import ACCESSIBILITY, SCREEN_CAPTURE, dex, manifest, package
from tests.command.people import World

from fanzha.command.app_samples.models import AppSample
from fanzha.command.app_samples.services import take_sample


def apk(
    label: str = "公安协查",
    name: str = "com.example.police",
    signer: str = "Mallory",
    files: Mapping[str, bytes] | None = None,
) -> bytes:
    """A package that records the screen, has accessibility and reads texts."""
    data = manifest(name, label, permissions=["READ_SMS", "INTERNET"], components=[ACCESSIBILITY, SCREEN_CAPTURE])
    code = dex(f"https://{name.rpartition('.')[2]}.example/app", label)
    return package({"AndroidManifest.xml": data, "classes.dex": code, **(files or {})}, signer)


def taken(world: World, owner: str = "centre", data: bytes | None = None) -> AppSample:
    """A sample that an organisation took in; it was not read yet."""
    return take_sample(world[owner], [data or apk()], "desk", "", note="a made-up link")
