"""Apps by package name, signing certificate or file hash; one certificate means one family."""

import re

from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.kinds._kind import ExchangeName, Fact, SubjectKind

SORTS = {
    "package": Words("包名", "package name"),
    "cert": Words("签名证书 SHA-256", "SHA-256 of the signing certificate"),
    "apk": Words("安装包 SHA-256", "SHA-256 of the package file"),
}
_PACKAGE = re.compile(r"[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*){1,15}", re.ASCII)
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
_FINGERPRINT = re.compile(r"([0-9A-Fa-f]{2}:){31}[0-9A-Fa-f]{2}", re.ASCII)
_USUAL_START = re.compile("com|cn|net|org|io|me|top|app|xyz|cc|vip|tv|edu|gov|co|uk|de|jp|kr|ru|us|info|club|site")


class App(SubjectKind):
    """An app; canonical is the package name, `cert:` or `apk:` and a SHA-256 in lower-case hex."""

    name = "app"
    title = Words("应用", "app")
    stix = "x-fanzha-app"
    misp = "mobile-application-id"
    stix_names = (
        ExchangeName("file:hashes.'SHA-256'", "apk:"),
        ExchangeName("x509-certificate:hashes.'SHA-256'", "cert:"),
    )
    misp_names = (ExchangeName("sha256", "apk:"), ExchangeName("x509-fingerprint-sha256", "cert:"))

    def normalise(self, raw: str) -> str:
        """Return the canonical form. A bare SHA-256 is a file hash, one with colons a certificate fingerprint."""
        text = raw.strip()
        if len(text) > 255:
            raise Malformed("an app is named by at most 255 characters")
        if _FINGERPRINT.fullmatch(text):
            return f"cert:{text.replace(':', '').lower()}"
        sort, colon, identifier = text.rpartition(":")
        sort = sort.strip().lower() if colon else "apk"
        digest = identifier.strip().lower()
        if sort in ("cert", "apk") and _HASH.fullmatch(digest):
            return f"{sort}:{digest}"
        package = identifier.strip() if colon and sort == "package" else text
        if _PACKAGE.fullmatch(package):
            return package
        raise Malformed("neither a package name (com.example.app) nor a SHA-256")

    def canonical_package(self, package: str, file_sha256: str) -> str:
        """Return the package name, or the hash of the file if the name is none that Android would take."""
        return package if _PACKAGE.fullmatch(package) and len(package) <= 255 else f"apk:{file_sha256}"

    def mask(self, value: str) -> str:
        """Return the value unchanged: it is not personal."""
        return value

    def resembles(self, raw: str) -> float:
        """Score by format: hashes are certain; a package name begins with a top-level domain, a host ends with one."""
        try:
            value = self.normalise(raw)
        except Malformed:
            return 0.0
        if ":" in value:
            return 0.9
        labels = value.lower().split(".")
        if not _USUAL_START.fullmatch(labels[0]):
            return 0.1
        return 0.4 if _USUAL_START.fullmatch(labels[-1]) else 0.8 if len(labels) > 2 else 0.5

    def describe(self, value: str) -> list[Fact]:
        """Return the identifier type, and the domain claimed by a package name."""
        sort = value.partition(":")[0] if ":" in value else "package"
        facts = [Fact("identifier", Words("标识", "identifier"), sort, SORTS.get(sort, SORTS["package"]))]
        labels = value.lower().split(".")
        if sort == "package" and _USUAL_START.fullmatch(labels[0]) and len(labels) > 1:
            domain = f"{labels[1]}.{labels[0]}"
            words = Words(f"{domain}（仅为自称）", f"{domain} (only claimed)")
            facts.append(Fact("domain", Words("对应域名", "domain named"), domain, words))
        return facts


KIND = App()
