"""The parsers of Android packages: apk-info, and androguard for those that it cannot read.

Each library is imported when a package is opened, by a child process that has limits.
"""

import tempfile
from typing import Protocol

_MAX_TEXT = 400


class PackageParser(Protocol):
    """A parser of one package."""

    def manifest(self) -> str:
        """Return the manifest as XML text."""

    def label(self) -> str:
        """Return the label of the app, resolved from resources."""

    def icon(self) -> str:
        """Return the path of the icon in the package, or ""."""

    def signers(self) -> list[dict[str, str]]:
        """Return the certificates: scheme, sha256, subject, valid_from, valid_until."""


class ApkInfo:
    """apk-info, a parser in Rust: a millisecond a file. It opens the base package of a bundle by itself."""

    def __init__(self, path: str) -> None:
        import apk_info

        self._package = apk_info.APK(path)

    def manifest(self) -> str:
        """Return the manifest as XML text."""
        return str(self._package.get_xml_string())

    def label(self) -> str:
        """Return the label of the app."""
        return str(self._package.get_application_label() or "")

    def icon(self) -> str:
        """Return the path of the icon."""
        return str(self._package.get_application_icon() or "")

    def signers(self) -> list[dict[str, str]]:
        """Return the certificates of each signature scheme."""
        found = []
        for signature in self._package.get_signatures():
            for certificate in getattr(signature, "certificates", ()):
                found.append(
                    {
                        "scheme": type(signature).__name__.lower(),
                        "sha256": certificate.sha256_fingerprint.lower(),
                        "subject": certificate.subject[:_MAX_TEXT],
                        "valid_from": certificate.valid_from[:40],
                        "valid_until": certificate.valid_until[:40],
                    }
                )
        return found


class Androguard:
    """androguard, for packages that apk-info cannot parse."""

    def __init__(self, path: str, inner: bytes | None) -> None:
        # androguard asks for a folder of temporary files when it is imported; this process may write none.
        tempfile.tempdir = "/"
        from loguru import logger

        logger.remove()
        from androguard.core.apk import APK

        self._package = APK(inner, raw=True) if inner is not None else APK(path)
        if not self._package.get_package():
            raise ValueError("no package name")

    def manifest(self) -> str:
        """Return the manifest as XML text."""
        return bytes(self._package.get_android_manifest_axml().get_xml()).decode("utf-8", "replace")

    def label(self) -> str:
        """Return the label of the app."""
        return str(self._package.get_app_name() or "")

    def icon(self) -> str:
        """Return the path of the icon."""
        return str(self._package.get_app_icon() or "")

    def signers(self) -> list[dict[str, str]]:
        """Return the certificates of each signature scheme."""
        found = []
        sources = (
            ("v1", self._package.get_certificates_v1),
            ("v2", self._package.get_certificates_v2),
            ("v3", self._package.get_certificates_v3),
        )
        for scheme, certificates in sources:
            for certificate in certificates() or ():
                found.append(
                    {
                        "scheme": scheme,
                        "sha256": bytes(certificate.sha256).hex(),
                        "subject": str(certificate.subject.human_friendly)[:_MAX_TEXT],
                        "valid_from": str(certificate.not_valid_before)[:40],
                        "valid_until": str(certificate.not_valid_after)[:40],
                    }
                )
        return found
