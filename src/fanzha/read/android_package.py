"""Android packages (.apk), and bundles of them (.xapk, .apks, .apkm): one event `app_seen` a file.

A child process parses the file ([0031] of the decisions): apk-info first, androguard where that fails and if installed.
"""

from collections.abc import Iterator

import pyarrow as pa

from fanzha.base.ids import digest
from fanzha.base.words import Words
from fanzha.events import all_events
from fanzha.kinds.app import KIND as APP
from fanzha.read._android.report import PackageReport as PackageReport
from fanzha.read._android.report import report_package as report_package
from fanzha.read._reader import EventBatch, FileHead, ReadContext, Reader, SourceFile
from fanzha.read._rejects import UnreadableSource

SUFFIXES = (".apk", ".xapk", ".apks", ".apkm")
_ZIP = b"PK\x03\x04"
PACKED = Words("请先解压：安装包须为单独的文件", "unpack it first: a package must be a file of its own")
#: The most links and hosts that an event carries; the report of the package has all.
MAX_LINKS = 300


class AndroidPackage(Reader):
    """Android packages."""

    name = "android_package"
    title = Words("安卓安装包 (.apk, .xapk, .apks, .apkm)", "Android package (.apk, .xapk, .apks, .apkm)")

    def recognise(self, head: FileHead) -> float:
        """The suffix of a package, or a zip file that begins with the manifest."""
        if head.name.endswith(SUFFIXES):
            return 0.95
        return 0.8 if head.data.startswith(_ZIP) and b"AndroidManifest.xml" in head.data else 0.0

    def read(self, source: SourceFile, context: ReadContext) -> Iterator[EventBatch]:
        """Yield one event. Raise UnreadableSource if the package is broken or takes too long."""
        if source.member:
            raise UnreadableSource(PACKED)
        report = report_package(source.path)
        table = all_events()["app_seen"]
        row = event_columns(report, context, source.path.name)
        events = pa.RecordBatch.from_pylist([row], schema=table.schema)
        yield EventBatch({table.name: events}, read=1, used=1, position=source.size)


READER = AndroidPackage()


def event_columns(report: PackageReport, context: ReadContext, source: str) -> dict[str, object]:
    """Return the values of an `app_seen` event of a package."""
    return {
        "event_id": digest("app_seen", report.sha256),
        "occurred_at": context.observed_at,
        "observed_at": context.observed_at,
        "source": source,
        "basis": context.basis or None,
        "simulated": False,
        "app": APP.canonical_package(report.package, report.sha256),
        "shown_name": report.label or None,
        "version": report.version_name or None,
        "file_sha256": report.sha256,
        "certificate_sha256": next(iter(report.certificates), None),
        "certificates": list(report.certificates),
        "file_bytes": report.file_bytes,
        "min_sdk": report.min_sdk,
        "target_sdk": report.target_sdk,
        "permissions": list(report.permissions),
        "signs": list(report.signs),
        "links": list(report.links[:MAX_LINKS]),
        "hosts": list(report.hosts[:MAX_LINKS]),
        "icon_hash": report.icon.hash or None,
        "dex_sha256": [item.sha256 for item in report.dex],
    }
