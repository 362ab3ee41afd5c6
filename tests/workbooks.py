"""Writes small Excel workbooks for tests: packages as Excel writes them (.xlsx), and the older binary format (.xls)."""

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="170" formatCode="yyyy/m/d h:mm:ss"/>'
    '<numFmt numFmtId="171" formatCode="[h]:mm:ss"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="170"/>'
    '<xf numFmtId="14"/><xf numFmtId="171"/></cellXfs></styleSheet>'
)
WORKSHEET = f'<worksheet xmlns="{MAIN}"><sheetData>{{rows}}</sheetData></worksheet>'
#: Styles of a cell.
GENERAL, MOMENT, DAY, DURATION = range(4)

_FREE, _END, _TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_SECTOR = 512
_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def cell(reference: str, value: object, kind: str = "n", style: int = GENERAL) -> str:
    """Return the XML of a cell. Kinds: n number, s index of a shared string, str text, b boolean, e error."""
    return f'<c r="{reference}" t="{kind}" s="{style}"><v>{value}</v></c>'


def inline_rows(rows: Sequence[Sequence[object]]) -> str:
    """Return the XML of rows whose cells are texts within the sheet and do not say where they stand."""
    return "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{value}</t></is></c>' for value in row) + "</row>" for row in rows
    )


def xlsx(sheets: Mapping[str, str], strings: Sequence[str] = (), parts: Mapping[str, str] | None = None) -> bytes:
    """Return a package with these sheets (name -> XML of its rows). `parts` replaces or adds members."""
    names = list(enumerate(sheets, start=1))
    members = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
        + "".join(f'<sheet name="{name}" sheetId="{n}" r:id="r{n}"/>' for n, name in names)
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="r{n}" Type="{RELATIONS}/worksheet" Target="/xl/worksheets/sheet{n}.xml"/>'
            for n, _ in names
        )
        + "</Relationships>",
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">' + "".join(f"<si><t>{s}</t></si>" for s in strings) + "</sst>",
        "xl/styles.xml": STYLES,
        **{f"xl/worksheets/sheet{n}.xml": WORKSHEET.format(rows=sheets[name]) for n, name in names},
        **(parts or {}),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in members.items():
            package.writestr(name, text)
    return file.getvalue()


def xls(rows: Sequence[Sequence[str | float]], moments: Sequence[int] = ()) -> bytes:
    """Return a workbook of the binary format (BIFF 8) with one sheet; columns `moments` have a style of times."""
    formats = struct.pack("<H", 170) + _unicode("yyyy/m/d h:mm:ss")
    styles = [struct.pack("<HHH14x", 0, number, 0) for number in (0, 170)]
    head = _record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 6)) + _record(0x41E, formats)
    head += b"".join(_record(0xE0, style) for style in styles)
    name = "话单".encode("utf-16-le")
    sheet_start = len(head) + 4 + 8 + len(name) + 4
    head += _record(0x85, struct.pack("<IHBB", sheet_start, 0, 2, 1) + name) + _record(0x0A, b"")
    sheet = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 6))
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            place = struct.pack("<HHH", number, column, int(column in moments))
            if isinstance(value, str):
                sheet += _record(0x204, place + _unicode(value))
            else:
                sheet += _record(0x203, place + struct.pack("<d", value))
    return compound_file({"Workbook": head + sheet + _record(0x0A, b"")})


def compound_file(streams: Mapping[str, bytes]) -> bytes:
    """Return an OLE compound file (MS-CFB, version 3) of a few streams, each of at least 4096 bytes."""
    body, chains = b"", list[int]()

    def append(data: bytes, filler: bytes = b"\0") -> int:
        nonlocal body
        start, count = len(chains), -(-len(data) // _SECTOR)
        chains.extend([*range(start + 1, start + count), _END])
        body += data.ljust(count * _SECTOR, filler)
        return start

    entries = _directory_entry("Root Entry", 5, _END, 0, _FREE, 1)
    for number, (name, data) in enumerate(streams.items(), start=1):
        data = data.ljust(4_096, b"\0")
        next_number = number + 1 if number < len(streams) else _FREE
        entries += _directory_entry(name, 2, append(data), len(data), next_number, _FREE)
    directory = append(entries)
    tables = 1
    while (len(chains) + tables) * 4 > tables * _SECTOR:
        tables += 1
    first_table = len(chains)
    chains += [_TABLE] * tables
    body += struct.pack(f"<{len(chains)}I", *chains).ljust(tables * _SECTOR, b"\xff")
    header = struct.pack("<8s16x5H6x", _SIGNATURE, 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<9I", 0, tables, directory, 0, 4_096, _END, 0, _END, 0)
    header += struct.pack("<109I", *range(first_table, first_table + tables), *[_FREE] * (109 - tables))
    return header + body


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _unicode(text: str) -> bytes:
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def _directory_entry(name: str, kind: int, start: int, size: int, right: int, child: int) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    return struct.pack("<64sHBBIII36xIQ", text, len(text), kind, 1, _FREE, right, child, start, size)
