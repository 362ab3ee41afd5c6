"""Files are handed in by API as by page, as a file or as the body itself."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.command.imports.factories import KEY_SERVICES, PORTED, SPARED, handed_in
from tests.command.people import World
from tests.command.web.api.asking import asking, problem

from fanzha.command.imports.ingest import ingest_import
from fanzha.command.imports.models import ImportJob
from fanzha.command.web.roles import Role

BASE = "/api/v1/imports"
SCOPES = ["imports:read", "imports:write"]


def test_a_file_is_taken_and_read_beside(world: World) -> None:
    clerk = asking(world, "carrier", scopes=SCOPES, roles=["clerk"])
    file = SimpleUploadedFile("ported.csv", (PORTED + "x,y,\n").encode())
    answer = clerk.post(f"{BASE}/tables/portability/file", {"file": file})
    assert answer.status_code == 202 and answer.json()["state"] == "waiting"
    ingest_import(ImportJob._base_manager.get().pk)
    read = clerk.get(f"{BASE}/jobs/{answer.json()['ref']}").json()
    assert (read["state"], read["used"], read["rejected"], read["waiting"]) == ("done", 2, 1, 0)
    (reject,) = clerk.get(f"{BASE}/jobs/{read['ref']}/rejects").json()["items"]
    assert (reject["row"], reject["column"]) == (4, "number")
    assert [item["ref"] for item in clerk.get(f"{BASE}/jobs").json()["items"]] == [read["ref"]]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/csv", KEY_SERVICES),
        (
            "application/x-ndjson",
            '{"reference": "K-1", "event": "import_active", "at": "2026-03-02T08:00:00Z", "kind": "n400",'
            ' "customer": "c"}\n{"reference": "K-2", "event": "import_active", "at": "2026-03-02T08:00:00Z",'
            ' "kind": "line", "customer": "c"}\n',
        ),
    ],
)
def test_rows_are_taken_as_the_body_itself(world: World, kind: str, body: str) -> None:
    clerk = asking(world, "carrier", scopes=SCOPES, roles=["clerk"])
    answer = clerk.generic("POST", f"{BASE}/tables/key_service/rows", body.encode(), kind)
    assert answer.status_code == 202
    ingest_import(ImportJob._base_manager.get().pk)
    assert ImportJob._base_manager.get().used == 2


def test_what_cannot_be_taken_is_a_problem(world: World) -> None:
    clerk = asking(world, "carrier", scopes=SCOPES, roles=["clerk"])
    problem(clerk.generic("POST", f"{BASE}/tables/key_service/rows", b"x", "image/png"), 415)
    problem(clerk.generic("POST", f"{BASE}/tables/nothing/rows", b"x", "text/csv"), 404)
    empty = {"file": SimpleUploadedFile("t.csv", b"")}
    problem(clerk.post(f"{BASE}/tables/key_service/file", empty), 422)
    analyst = asking(world, "carrier", scopes=SCOPES, roles=["analyst"])
    problem(analyst.generic("POST", f"{BASE}/tables/key_service/rows", b"x", "text/csv"), 403)


def test_rejects_come_in_pages(world: World) -> None:
    job = handed_in(world, "portability", PORTED + "x,y,\n" * 5)
    clerk = asking(world, "carrier", scopes=SCOPES, roles=["clerk"])
    first = clerk.get(f"{BASE}/jobs/{job.ref}/rejects", {"limit": 3}).json()
    second = clerk.get(f"{BASE}/jobs/{job.ref}/rejects", {"limit": 3, "after": first["next"]}).json()
    assert [one["row"] for one in first["items"] + second["items"]] == [4, 5, 6, 7, 8] and second["next"] is None


def test_a_key_is_no_second_person(world: World) -> None:
    job = handed_in(world, "spared", SPARED)
    at = f"{BASE}/jobs/{job.ref}/approve"
    answer = problem(asking(world, "carrier", scopes=SCOPES, roles=["reviewer"]).post(at), 403)
    assert answer["reason"] == "same_person"
    reviewer = world.client("carrier", Role.REVIEWER)
    assert reviewer.post(at).json()["state"] == "done"
    assert reviewer.post(at.replace("approve", "withdraw")).json()["state"] == "withdrawn"
    problem(reviewer.post(at), 409)


def test_tables_tell_their_columns(world: World) -> None:
    tables = asking(world, "carrier", scopes=SCOPES, roles=["clerk"]).get(f"{BASE}/tables").json()
    spared = next(table for table in tables if table["name"] == "spared")
    assert spared["second_person"] and {column["name"] for column in spared["columns"]} >= {"number", "proof", "until"}
