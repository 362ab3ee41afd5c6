"""Import table of map outlines with their approval number; a second person must approve, then they replace tiles."""

import re
from collections.abc import Sequence

import msgspec

from fanzha.base.errors import FanzhaError, UsageError
from fanzha.base.words import Words
from fanzha.command.imports import uploads
from fanzha.command.imports.models import ImportJob, ImportState
from fanzha.command.imports.tables.table import ImportColumn, ImportRow, ImportTable, RowError, TableWriter
from fanzha.command.web.drawing.provinces import PROVINCES
from fanzha.command.web.scoping import unscoped
from fanzha.store.map_outlines import Shape, build_outlines, is_in_range, write_outlines

_UNSCOPED = unscoped("the outlines of the latest approved import count for all organisations")
#: Such as GS(2024)0650号, GS京(2023)1234号 or 浙S(2022)40号 (Regulation on Map Management, Arts. 15 and 23).
_APPROVAL = re.compile(r"[A-Z\u4e00-\u9fff]{1,6}[(（]\d{4}[)）]\d{1,6}号")
_CODE = re.compile(r"\d{2}(\d{4}|\d{2})?")
_NO_CODE = Words("不是行政区划代码（GB/T 2260）", "is no code of a province or city (GB/T 2260)")
_NO_APPROVAL = Words("没有审图号，如 GS(2024)0650号", "has no map approval number, such as GS(2024)0650号")
_OTHER_APPROVAL = Words("审图号与其他图形不同", "has another approval number than the other shapes")
_NO_SHAPE = Words(
    "没有可绘制的边界；请导入 .geojson 或 .topojson 文件", "has no border to draw: hand in .geojson or .topojson"
)
_FAR = Words("超出中国地图的坐标范围", "lies outside the range of a map of China")
_LOST = Words("边界文件已不在本机，改用方块地图", "the file of the outlines is gone: tiles are drawn")

_shape = msgspec.json.Decoder(Shape).decode


class OutlinesTable(ImportTable):
    """Import table of map outlines."""

    name = "outlines"
    title = Words("地图边界", "Map outlines")
    about = Words(
        "带审图号的省、市边界（GeoJSON 或 TopoJSON）；须由第二人同意，同意后替代方块地图并显示审图号",
        "Borders of provinces and cities with their map approval number (GeoJSON or TopoJSON); once a second person "
        "agrees, they replace the tile map, with the number shown",
    )
    owners = ("national_regulator", "provincial_regulator", "centre")
    second_person = True
    columns = (
        ImportColumn("code", Words("行政区划代码", "code"), ("adcode",)),
        ImportColumn("name", Words("名称", "name")),
        ImportColumn("approval", Words("审图号", "map approval number")),
        ImportColumn("shape", Words("边界", "shape")),
    )

    def writer(self, job: ImportJob) -> "OutlinesWriter":
        """Return the writer that checks its rows."""
        return OutlinesWriter()

    def apply_decisions(self) -> Words | None:
        """Draw the outlines of the latest approved import, the tile map if there is none."""
        job = _approved_job()
        try:
            shapes = _read_shapes(job) if job else []
        except FanzhaError:
            write_outlines(None)
            return _LOST
        write_outlines(build_outlines(job.ref, shapes[0][0], [shape[1:] for shape in shapes]) if job else None)
        return None


class OutlinesWriter(TableWriter):
    """Writer that checks shapes; what is drawn is read from the file again once it is approved."""

    def __init__(self) -> None:
        self._approval = ""
        self._provinces: set[str] = set()

    def write(self, rows: Sequence[ImportRow]) -> list[RowError]:
        """Check rows; return one error for each that is rejected."""
        return [error for row in rows if (error := self._check(row)) is not None]

    def finish(self) -> Words | None:
        """Raise UsageError if a province is missing: its figures would have no place."""
        if missing := [one.name.zh for code, one in PROVINCES.items() if code not in self._provinces]:
            raise UsageError(
                f"outlines of provinces are missing 缺少省级边界: {'、'.join(missing)}", fix="hand in the whole map"
            )
        return None

    def _check(self, row: ImportRow) -> RowError | None:
        code, approval = parse_code(row.cells["code"]), row.cells["approval"]
        if code is None:
            return RowError(row.number, "code", _NO_CODE, row.cells["code"])
        if not _APPROVAL.fullmatch(approval):
            return RowError(row.number, "approval", _NO_APPROVAL, approval)
        if approval != (self._approval or approval):
            return RowError(row.number, "approval", _OTHER_APPROVAL, approval)
        try:
            shape = _shape(row.cells["shape"])
        except msgspec.DecodeError:
            shape = []
        if not shape or any(len(line) < (4 if is_closed else 2) for is_closed, line in shape):
            return RowError(row.number, "shape", _NO_SHAPE)
        if not is_in_range(shape):
            return RowError(row.number, "shape", _FAR)
        self._approval = approval
        self._provinces.add(code)
        return None


def parse_code(text: str) -> str | None:
    """Return two digits of a province, four of a city, "" for a line of no region; None if it is no code."""
    if not text or not text[:1].isdigit():
        return "" if not text or "_" in text else None
    if "_" in text:  # such as 100000_JD, lines that belong to no province
        return ""
    if not _CODE.fullmatch(text):
        return None
    code = text.removesuffix("00").removesuffix("00") if len(text) == 6 else text
    return code if code[:2] in PROVINCES and len(code) in (2, 4) else None


def _approved_job() -> ImportJob | None:
    jobs = _UNSCOPED.rows(ImportJob).filter(table=OUTLINES.name, state=ImportState.DONE)
    return jobs.order_by("-decided_at", "-pk").first()


def _read_shapes(job: ImportJob) -> list[tuple[str, str, str, Shape]]:
    """Return approval number, code, name and shape of the rows that were accepted. Raise UsageError."""
    from fanzha.command.imports.file_rows import read_rows

    writer, found = OutlinesWriter(), []
    for row in read_rows(uploads.upload_path(job.ref)):
        cells = {column.name: row.cells.get(column.name, "") for column in OUTLINES.columns}
        if not writer.write([ImportRow(row.number, cells)]):
            found.append((cells["approval"], parse_code(cells["code"]) or "", cells["name"], _shape(cells["shape"])))
    return found


OUTLINES = OutlinesTable()
