"""Pages of exports and unmaskings: for whom they are, what they show, and how many queries they take."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.command.audit.rereviews import limited, verifying
from tests.command.exports.factories import build_export, request_table, verdict
from tests.command.people import World
from tests.command.processes.orders_made import issued
from tests.command.subjects.factories import NUMBER, finding_row, subject

from fanzha.command.exports.models import Export, ExportState, Unmasking
from fanzha.command.exports.table import EXPORT_ROLES
from fanzha.command.web.roles import Role

HTMX: dict[str, Any] = {"HTTP_HX_REQUEST": "true"}


def text(answer: Any) -> str:
    return b"".join(answer).decode() if answer.streaming else answer.content.decode()


def unmasking(client: Client, about: str, purpose: str = "calling the bank", **more: Any) -> Any:
    return client.post(reverse("unmask", args=[about]), {"purpose": purpose, "case": "C1"}, **more)


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Lists of victims cannot be exported"), ("zh-hans", "待劝阻人员名单不得导出")]
)
def test_a_table_is_asked_for_and_downloaded(world: World, language: str, words: str) -> None:
    verdict(world["carrier"])
    client = world.client("carrier", Role.ANALYST, language=language)
    assert words in text(client.get(reverse("exports")))
    assert "?table=subjects" in text(client.get(reverse("export_new")))
    assert 'name="purpose"' in text(client.get(reverse("export_new"), {"table": "subjects"}))
    answer = client.post(reverse("export_new"), {"table": "subjects", "purpose": "a report"}, follow=True)
    export = Export._base_manager.get()
    assert "hx-trigger" in text(answer), "its progress is looked at again and again"
    build_export(export)
    page = text(client.get(reverse("export", args=[export.ref])))
    assert "hx-trigger" not in page and reverse("export_file", args=[export.ref]) in page
    file = client.post(reverse("export_file", args=[export.ref]))
    assert file["Content-Disposition"] == f'attachment; filename="fanzha-subjects-{export.ref}.csv"'
    assert "a report" in text(file)


def test_htmx_is_given_the_progress_alone(world: World) -> None:
    verdict(world["carrier"])
    export = request_table(world)
    page = text(world.client("carrier", Role.ANALYST).get(reverse("export", args=[export.ref]), **HTMX))
    assert page.startswith('<div id="progress"') and "<html" not in page


def test_what_cannot_be_taken_out_is_told_on_the_form(world: World) -> None:
    client = world.client("carrier", Role.ANALYST)
    answer = client.post(reverse("export_new"), {"table": "subjects", "purpose": "a report"})
    assert answer.status_code == 422 and "No data matches" in text(answer)
    assert client.get(reverse("export_new"), {"table": "unmaskings"}).status_code == 404


def test_a_second_person_decides(world: World) -> None:
    verdict(world["carrier"])
    export = request_table(world, unmasked=True)
    url = reverse("export_decision", args=[export.ref])
    own = world.client("carrier", Role.ANALYST)
    assert url not in text(own.get(reverse("export", args=[export.ref])))
    assert own.post(url, {"approve": "yes"}).status_code == 403
    reviewer = world.client("carrier", Role.REVIEWER)
    assert "Waiting for a second person" in text(reviewer.get(reverse("exports")))
    assert url in text(reviewer.get(reverse("export", args=[export.ref])))
    assert "Approved" in text(reviewer.post(url, {"approve": "yes"}, follow=True))
    assert "Somebody has already decided" in text(reviewer.post(url, {"approve": "no"}, follow=True))
    assert Export._base_manager.get().state == ExportState.QUEUED


def test_exports_of_others_are_not_there(world: World) -> None:
    verdict(world["carrier"])
    export = build_export(request_table(world))
    for name, role in (("other_carrier", Role.REVIEWER), ("administration", Role.PRIVACY_OFFICER)):
        client = world.client(name, role)
        assert client.get(reverse("export", args=[export.ref])).status_code == 404
        assert client.post(reverse("export_decision", args=[export.ref])).status_code == 404
        assert client.post(reverse("export_file", args=[export.ref])).status_code == 404
    assert world.client("carrier", Role.REVIEWER).post(reverse("export_file", args=[export.ref])).status_code == 404


@pytest.mark.parametrize("role", sorted(set(Role) - set(EXPORT_ROLES)))
def test_roles_that_take_nothing_out(world: World, role: Role) -> None:
    client = world.client("carrier", role)
    assert client.get(reverse("exports")).status_code == 403
    assert client.get(reverse("export_new")).status_code == 403


def test_a_whole_value_is_shown_after_a_press(world: World) -> None:
    finding_row(world["carrier"])
    client = world.client("carrier", Role.ANALYST)
    answer = unmasking(client, subject().ref)
    assert NUMBER in text(answer) and "calling the bank" in text(answer)
    assert "no-store" in answer["Cache-Control"]
    fragment = text(unmasking(client, subject().ref, **HTMX))
    assert NUMBER in fragment and "<html" not in fragment and "on record" in fragment
    assert Unmasking._base_manager.count() == 2


def test_it_is_not_shown_without_purpose_role_or_right_to_read(world: World) -> None:
    finding_row(world["carrier"])
    answers = [
        (unmasking(world.client("carrier", Role.ANALYST), subject().ref, " "), 422),
        (unmasking(world.client("carrier", Role.PRIVACY_OFFICER), subject().ref), 403),
        (unmasking(world.client("other_carrier", Role.ANALYST), subject().ref), 404),
    ]
    for answer, status in answers:
        assert answer.status_code == status and NUMBER not in text(answer)
    assert not Unmasking._base_manager.exists()


def test_the_way_back_leads_nowhere_outside(world: World) -> None:
    finding_row(world["carrier"])
    client = world.client("carrier", Role.ANALYST)
    assert 'href="http://testserver/x/"' in text(unmasking(client, subject().ref, HTTP_REFERER="http://testserver/x/"))
    assert "evil.example" not in text(unmasking(client, subject().ref, HTTP_REFERER="https://evil.example/"))


def test_the_privacy_officer_sees_who_looked_at_whom(world: World) -> None:
    finding_row(world["carrier"])
    for _ in range(12):
        unmasking(world.client("carrier", Role.ANALYST), subject().ref)
    client = world.client("carrier", Role.PRIVACY_OFFICER)
    page = text(client.get(reverse("unmaskings")))
    assert "carrier analyst" in page and "unusual" in page and "12 in 24 hours; usually 0 a day" in page
    assert "17000001234" not in page
    assert world.client("carrier", Role.ANALYST).get(reverse("unmaskings")).status_code == 403
    other = world.client("administration", Role.PRIVACY_OFFICER)
    assert "carrier analyst" not in text(other.get(reverse("unmaskings")))


@pytest.mark.parametrize(("name", "role"), [("exports", Role.ANALYST), ("unmaskings", Role.PRIVACY_OFFICER)])
def test_queries_do_not_grow_with_rows(world: World, name: str, role: Role) -> None:
    verdict(world["carrier"])
    counts = []
    for more in (1, 5):
        for _ in range(more):
            request_table(world)
            unmasking(world.client("carrier", Role.ANALYST), subject().ref)
        client = world.client("carrier", role)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse(name)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 24


def test_pages_follow_each_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fanzha.command.exports.views.PAGE", 2)
    verdict(world["carrier"])
    for _ in range(3):
        request_table(world)
        unmasking(world.client("carrier", Role.ANALYST), subject().ref)
    for name, role in (("exports", Role.ANALYST), ("unmaskings", Role.PRIVACY_OFFICER)):
        client = world.client("carrier", role)
        first = client.get(reverse(name))
        second = client.get(reverse(name), {"cursor": first.context["next"]})
        assert (len(first.context["rows"]), len(second.context["rows"])) == (2, 1)
        assert second.context["next"] is None


def test_numbers_of_a_process_are_shown_where_they_stand(world: World) -> None:
    order = issued(world)
    client = world.client("centre", Role.EXECUTOR)
    url = reverse("unmask_evidence", args=[order.ref, 1, "subjects"])
    page = text(client.get(reverse("process", args=[order.ref])))
    assert f'action="{url}"' in page and "17000001234" not in page
    assert "+8617000001234" in text(client.post(url, {"purpose": "carrying it out"}, **HTMX))
    assert client.post(reverse("unmask_evidence", args=[order.ref, 1, "hits"]), {"purpose": "why"}).status_code == 404
    assert world.client("bank", Role.ANALYST).post(url, {"purpose": "why not"}).status_code == 404


def test_whoever_looks_has_confirmed_within_the_hour(world: World) -> None:
    order = issued(world)
    finding_row(world["carrier"])
    client = world.client("carrier", Role.EXECUTOR, confirmed=False)
    fields = reverse("unmask_evidence", args=[order.ref, 1, "subjects"])
    for url in (reverse("unmask", args=[subject().ref]), fields):
        answer = client.post(url, {"purpose": "carrying it out"})
        assert answer.status_code == 302 and "17000001234" not in text(answer)
    assert not Unmasking._base_manager.exists()


def test_a_personal_file_is_downloaded_for_a_purpose_alone(world: World) -> None:
    review, name = limited(world, ("other_carrier",))
    url = reverse("unmask_file", args=[review.ref, 5, "record", 0])
    page, plain = reverse("process", args=[review.ref]), reverse("process_file", args=[review.ref, name])
    client = world.client("carrier", Role.ANALYST)
    content = text(client.get(page))
    assert f'action="{url}"' in content and name not in content
    assert client.get(plain).status_code == 404
    assert client.post(url, {"purpose": " "}).status_code == 422
    assert text(client.post(url, {"purpose": "checking the face"})) == "a face"
    for other in (world.client("carrier", Role.PRIVACY_OFFICER), world.client("other_carrier", Role.EXECUTOR)):
        content = text(other.get(page))
        assert url not in content and name not in content and "not available to you" in content
        assert other.post(url, {"purpose": "checking the face"}).status_code in (403, 404)
        assert other.get(plain).status_code == 404
    assert Unmasking._base_manager.count() == 1


def test_who_takes_a_personal_file_has_confirmed_within_the_hour(world: World) -> None:
    review, _name = verifying(world)
    client = world.client("carrier", Role.ANALYST, confirmed=False)
    answer = client.post(reverse("unmask_file", args=[review.ref, 4, "record", 0]), {"purpose": "checking the face"})
    assert answer.status_code == 302 and not Unmasking._base_manager.exists()
