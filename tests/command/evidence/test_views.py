"""Pages of the log: for its readers alone, in both languages, with as many queries whatever is on record."""

from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_tasks_db.models import DBTaskResult
from tests.command.audit.records import record
from tests.command.people import World
from tests.command.processes.orders_made import issued
from tests.processes.log.packs import contents

from fanzha.command.audit.models import LogCheck, LogEntry
from fanzha.command.audit.verification import verify_and_store
from fanzha.command.evidence.permissions import READERS
from fanzha.command.exports.export_builder import make_export
from fanzha.command.exports.models import Export, Unmasking
from fanzha.command.web.roles import Role

LOG = "/audit/"


@pytest.mark.parametrize("role", READERS)
@pytest.mark.parametrize(("language", "words"), [("en", "Evidence log"), ("zh-hans", "证据日志")])
def test_readers_see_what_is_on_record(world: World, role: Role, language: str, words: str) -> None:
    order = issued(world)
    page = world.client("centre", role, language=language).get(LOG).content.decode()
    assert words in page and reverse("evidence_entry", args=[1 << 20]) in page
    assert ("Approve as second person" in page) == (language == "en")
    assert order.ref not in page or "17000001234" not in page


@pytest.mark.parametrize("role", [Role.ANALYST, Role.EXECUTOR, Role.LIAISON])
def test_others_do_not(world: World, role: Role) -> None:
    record(1, organisation=world["carrier"].ref)
    client = world.client("carrier", role)
    for url in (LOG, reverse("evidence_entry", args=[1 << 20]), reverse("evidence_pack")):
        assert client.get(url).status_code == 403
    assert client.post(reverse("evidence_check")).status_code == 403


def test_entries_of_others_are_not_there(world: World) -> None:
    record(1, organisation=world["carrier"].ref)
    client = world.client("other_carrier", Role.REVIEWER)
    assert reverse("evidence_entry", args=[1 << 20]) not in client.get(LOG).content.decode()
    assert client.get(reverse("evidence_entry", args=[1 << 20])).status_code == 404


def test_an_entry_is_shown_with_its_digest(world: World) -> None:
    record(1, organisation=world["carrier"].ref)
    page = world.client("carrier", Role.REVIEWER).get(reverse("evidence_entry", args=[1 << 20])).content.decode()
    row = LogEntry._base_manager.get()
    assert bytes(row.leaf).hex() in page and "Text that was hashed" in page
    assert "+86170" not in page


def test_queries_do_not_grow_with_rows(world: World) -> None:
    client = world.client("carrier", Role.REVIEWER)
    client.get(LOG)
    counts = []
    for size in (1, 40):
        record(size, organisation=world["carrier"].ref)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(LOG).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 28


def test_pages_follow_each_other_and_keep_what_was_asked(world: World) -> None:
    record(60, organisation=world["carrier"].ref)
    client = world.client("carrier", Role.REVIEWER)
    page = client.get(LOG, {"kind": "", "case": "process-1"})
    assert page.context["next"] is None and len(page.context["rows"]) == 30
    first = client.get(LOG)
    assert f"cursor={first.context['next']}" in first.content.decode()
    second = client.get(LOG, {"cursor": first.context["next"]})
    assert len(second.context["rows"]) == 10
    assert client.get(LOG, {"cursor": "x" * 40}).status_code == 200


def test_one_press_has_the_log_read_and_the_page_says_what_came_of_it(world: World) -> None:
    record(2)
    client = world.client("carrier", Role.REVIEWER)
    for _ in range(2):
        answer = client.post(reverse("evidence_check"), follow=True)
    assert "Checking now." in answer.content.decode()
    assert DBTaskResult.objects.count() == 1, "twice at once is of no use"
    verify_and_store()
    assert "entries: 2 · batches: 1 · anchors compared: 0" in client.get(LOG).content.decode()
    LogCheck.objects.update(faults=[[1, 0, "条目缺失", "the entry is missing"]])
    page = client.get(LOG).content.decode()
    assert "batch 1 entry 0: the entry is missing" in page and 'role="alert"' in page


def test_a_pack_is_downloaded(world: World) -> None:
    order = issued(world)
    client = world.client("centre", Role.REVIEWER)
    assert order.ref in client.get(reverse("evidence_pack"), {"ref": order.ref}).content.decode()
    answer = client.post(reverse("evidence_pack"), {"ref": order.ref, "purpose": "a hearing", "personal": "on"})
    assert answer["Content-Disposition"] == f'attachment; filename="fanzha-evidence-{order.ref}.zip"'
    assert b"17000001234" in contents(answer.content)["personal.jsonl"]
    unmasking = Unmasking._base_manager.get()
    assert (unmasking.subject, unmasking.purpose) == (order.ref, "a hearing") and "17000001234" not in unmasking.shown


def test_a_pack_with_personal_values_wants_a_fresh_sign_in(world: World) -> None:
    order = issued(world)
    client = world.client("centre", Role.REVIEWER, confirmed=False)
    body = {"ref": order.ref, "purpose": "a hearing"}
    assert client.post(reverse("evidence_pack"), body)["Content-Type"] == "application/zip"
    answer = client.post(reverse("evidence_pack"), {**body, "personal": "on"})
    assert answer.status_code == 302 and not Unmasking._base_manager.exists()


def test_what_cannot_be_packed_is_told_on_the_form(world: World) -> None:
    client = world.client("centre", Role.REVIEWER)
    answer = client.post(reverse("evidence_pack"), {"ref": "NOTHING", "purpose": "a hearing"})
    assert answer.status_code == 422 and "nothing is on record about NOTHING" in answer.content.decode()


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.PRIVACY_OFFICER])
def test_who_keeps_the_machine_or_watches_packs_no_personal_values(world: World, role: Role) -> None:
    order = issued(world)
    client = world.client("centre", role)
    answer = client.post(reverse("evidence_pack"), {"ref": order.ref, "purpose": "a hearing", "personal": "on"})
    assert contents(answer.content)["personal.jsonl"] == b""


@pytest.mark.parametrize(
    ("language", "words"), [("en", "A second person must approve it"), ("zh-hans", "须由第二人批准")]
)
def test_a_pack_with_much_of_people_waits_for_a_second_person(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, language: str, words: str
) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    (tmp_path / "fanzha.toml").write_text("[exports]\npersonal_values = 0\n", "utf-8")
    order, client = issued(world), world.client("centre", Role.REVIEWER, language=language)
    body = {"ref": order.ref, "purpose": "a hearing", "personal": "on"}
    content = client.post(reverse("evidence_pack"), body, follow=True).content.decode()
    export = Export._base_manager.get()
    assert words in content and order.ref in content and reverse("export_decision", args=[export.ref]) not in content
    officer = world.client("centre", Role.PRIVACY_OFFICER)
    officer.post(reverse("export_decision", args=[export.ref]), {"approve": "yes"})
    make_export.call(export.ref)
    file = client.post(reverse("export_file", args=[export.ref]))
    assert file["Content-Disposition"] == f'attachment; filename="fanzha-evidence_pack-{export.ref}.zip"'
    assert b"17000001234" in contents(b"".join(file))["personal.jsonl"]
