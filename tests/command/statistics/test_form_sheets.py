"""A firm's own spreadsheet beside its form: equal, different and unknown rows."""

import io
import zipfile
from decimal import Decimal

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.statistics.forms_made import filled

from fanzha.command.statistics.form_definitions import load_forms
from fanzha.command.statistics.form_sheets import (
    MOST_BYTES,
    SheetLine,
    compare_lines,
    compare_sheet,
    parse_number,
    read_lines,
)
from fanzha.command.statistics.form_values import Changer, FormRow, read_form
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.refusal import Refusal

ROWS = [FormRow(field, Decimal(5), None, "", {}) for field in load_forms()["combat"].fields.values()]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1,234.5", "1234.50"),
        ("12%", "12.00"),
        (" 7 ", "7.00"),
        ("0.005", "0.01"),
        ("many", None),
        ("", None),
        ("nan", None),
        ("1e99", None),
    ],
)
def test_numbers_are_read_as_people_write_them(written: str, value: str | None) -> None:
    assert parse_number(written) == (None if value is None else Decimal(value))


def test_rows_name_their_field_by_name_title_or_heading_and_title() -> None:
    lines = [
        SheetLine("reports_taken", "5"), SheetLine("推送公安", "5.00"), SheetLine("Leased lines/Customers", "6"),
        SheetLine("Customers", "5"), SheetLine("Colours", "5"),
    ]  # fmt: skip
    compared = compare_lines(lines, ROWS)
    assert compared.equal == 2
    assert compared.differences == [["leased_customers", "6.00", "5.00"]]
    assert compared.unknown == ["Customers: 5", "Colours: 5"]


def test_a_csv_file_is_read_in_utf_8_and_in_gb_18030() -> None:
    text = "项目,单位,数值\n推送公安,件,12\n"
    for data in (text.encode("utf-8-sig"), text.encode("gb18030")):
        assert read_lines("own.csv", data) == [SheetLine("推送公安/件", "12")]
    with pytest.raises(Refusal):
        read_lines("own.xlsx", b"no workbook")


def test_a_workbook_is_read_in_a_child_and_a_bomb_is_refused() -> None:
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>推送公安</t></is></c><c r="B1"><v>12</v></c></row>'
        "{}</sheetData></worksheet>"
    )
    assert read_lines("own.xlsx", _workbook(sheet.format(""))) == [SheetLine("推送公安", "12")]
    bomb = _workbook(sheet.format(" " * 200_000_000))
    assert len(bomb) < MOST_BYTES
    with pytest.raises(Refusal):
        read_lines("own.xlsx", bomb)


def _workbook(sheet: str) -> bytes:
    """A workbook of one sheet."""
    kinds = "http://schemas.openxmlformats.org/package/2006/content-types"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    members = {
        "[Content_Types].xml": f'<Types xmlns="{kinds}"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{relations}"><Relationship Id="rId1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        '<sheet name="one" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{relations}"><Relationship Id="rId1" '
        f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet,
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return packed.getvalue()


@pytest.mark.django_db
def test_the_comparison_is_kept_with_the_digest_of_the_file(month: World) -> None:
    instance, changer = filled(month), Changer.of(month.viewer("carrier", Role.CLERK), month["carrier"].ref)
    values = {row.field.name: row.value for row in read_form(instance)}
    data = f"field,value\ncount,{values['count']}\nhandled,99999\n".encode()
    with unscoped("test"):
        sheet = compare_sheet(instance, "own.csv", data, changer, timezone.now())
    assert sheet.equal == 1 and sheet.differences == [["handled", "99999.00", f"{values['handled']:.2f}"]]
    with pytest.raises(Refusal), unscoped("test"):
        compare_sheet(instance, "own.csv", b"x" * 2_000_001, changer, timezone.now())
