"""Pages of statutory forms: filled, compared, exported, added up."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.command.people import World
from tests.command.statistics.forms_made import audited, filled
from tests.command.statistics.month_made import MONTH

from fanzha.command.web.roles import Role

pytestmark = pytest.mark.django_db


def test_a_form_shows_each_value_with_the_rows_behind_it(month: World) -> None:
    instance, client = filled(month), month.client("carrier", Role.CLERK)
    address = f"/statistics/forms/{instance.ref}/"
    text = client.get(address).content.decode()
    assert "/statistics/figures/reports_per_million/?period=2026-10" in text and " rows)" in text
    assert client.post(address, {"field": "group_rank", "value": "3", "reason": "the group"}).status_code == 302
    assert client.post(address, {"field": "group_rank", "value": "3", "reason": ""}).status_code == 422
    for reason in ("-2+3+cmd|' /C calc'!A0", "\t=1", "-3.00"):
        client.post(address, {"field": "group_rank", "value": "3", "reason": reason})
        lines = client.get(f"{address}csv/").content.decode().splitlines()
        cell = next(part for part in lines if part.startswith("group_rank")).split(",")[5]
        assert cell.startswith("'") is (reason.strip() != "-3.00")
    client.post(address, {"field": "group_rank", "value": "3", "reason": "the group"})
    table = client.get(f"{address}csv/").content.decode()
    assert table.startswith("\ufefffield") and "group_rank,,Rank in the group,place,3.00,the group" in table
    sheet = SimpleUploadedFile("own.csv", "本月,数\nhandled,99999\nColours,3\n".encode())
    assert client.post(f"{address}sheet/", {"sheet": sheet}).status_code == 302
    text = client.get(address).content.decode()
    assert "99999.00" in text and "Colours: 3" in text
    broken = SimpleUploadedFile("own.xlsx", b"no workbook")
    assert client.post(f"{address}sheet/", {"sheet": broken}).status_code == 422
    listed = client.get("/statistics/forms/").content.decode()
    assert address in listed and "/processes/open/" in listed or "open_form" in listed


def test_audited_forms_add_up_over_organisations(month: World) -> None:
    first, second = audited(month), audited(month, owner="mvno")
    filled(month, owner="isp")
    client = month.client("administration", Role.ANALYST)
    text = client.get("/statistics/forms/sums/public_reports/", {"period": MONTH.key}).content.decode()
    assert "Sum of 2 audited forms" in text and str(first.owner) in text and str(second.owner) in text
    table = client.get("/statistics/forms/sums/public_reports/", {"period": MONTH.key, "as": "csv"}).content.decode()
    line = next(
        line for line in table.splitlines() if line.startswith("Reports handled") or line.startswith("Handled in time")
    )
    _title, _unit, total, *parts = line.split(",")
    assert float(total) == sum(map(float, parts)) and len(parts) == 2
    assert month.client("carrier", Role.ANALYST).get("/statistics/forms/sums/public_reports/").status_code == 403


def test_another_firm_reads_nothing_of_a_form(month: World) -> None:
    instance = filled(month)
    client = month.client("other_carrier", Role.CLERK)
    for address in ("", "csv/"):
        assert client.get(f"/statistics/forms/{instance.ref}/{address}").status_code == 404
