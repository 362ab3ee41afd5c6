"""Pages of figures: what is shown, what opens to rows, and who may enter, propose and decide."""

import re

import pytest
from django.test import Client
from tests.command.people import World
from tests.command.statistics.month_made import MONTH

from fanzha.command.statistics.models import FigurePublication
from fanzha.command.statistics.selectors import kpi
from fanzha.command.web.roles import Role

pytestmark = pytest.mark.django_db
PERIOD = {"period": MONTH.key}


def text_of(client: Client, path: str, **query: str) -> str:
    answer = client.get(path, {**PERIOD, **query})
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_share_of_wrongful_actions_comes_first_and_stands_with_its_pair(month: World) -> None:
    text = text_of(month.client("administration", Role.INSPECTOR), "/statistics/")
    rows = re.findall(r'<th scope="row"><a href="[^"]*">([^<]*)', text)
    assert rows[0] == "Wrongful actions" and "Reports per million" in rows
    assert "Orders carried out in time</a>: " in text and "95% interval" in text


def test_a_figure_opens_to_as_many_rows_as_it_counts(month: World) -> None:
    client, name = month.client("centre", Role.ANALYST), "/statistics/figures/false_disposal/"
    figure = kpi("false_disposal", month["centre"], MONTH)
    for part, count in (("numerator", figure.numerator), ("denominator", figure.denominator)):
        text = text_of(client, name, part=part, organization=month["centre"].ref)
        assert f"{count:.0f} rows" in text and text.count("data-row") == min(50, count or 0)


def test_rows_are_read_page_by_page(month: World) -> None:
    client = month.client("administration", Role.ANALYST)
    first = text_of(client, "/statistics/figures/report_handling/", part="denominator")
    cursor = re.search(r"cursor=(\d+)", first)
    total = kpi("report_handling", [month[name] for name in ("centre", "carrier", "mvno")], MONTH).n
    seen = first.count("data-row")
    while cursor:
        page = text_of(client, "/statistics/figures/report_handling/", part="denominator", cursor=cursor[1])
        seen, cursor = seen + page.count("data-row"), re.search(r'rel="next" href="[^"]*cursor=(\d+)', page)
    assert seen == total


def test_rows_of_processes_that_the_viewer_may_not_read_are_counted_without_a_name(month: World) -> None:
    """The carrier receives legs of processes in which the made-up month names it nowhere as a participant."""
    text = text_of(month.client("carrier", Role.ANALYST), "/statistics/figures/report_handling/", part="denominator")
    assert (
        "A process that is not shown to you" in text and "/processes/" not in text.split("<main")[1].split("</main")[0]
    )


def test_nobody_reads_the_figures_of_an_organisation_that_he_does_not_supervise(month: World) -> None:
    client = month.client("other_carrier", Role.ANALYST)
    text = text_of(client, "/statistics/", organization=month["carrier"].ref)
    assert "Example carrier" not in text and "Example other_carrier" in text


def test_a_figure_without_an_outside_number_says_what_to_enter(world: World) -> None:
    client = world.client("carrier", Role.CLERK)
    assert "needs: Subscribers; enter or import" in text_of(client, "/statistics/")
    entry = {"name": "subscribers", "month": MONTH.key, "value": 6_800_000, "source": "billing system"}
    assert client.post("/statistics/numbers/", entry).status_code == 302
    text = text_of(client, "/statistics/figures/reports_per_million/", part="denominator")
    assert "6,800,000" in text and "billing system" in text
    assert client.post("/statistics/numbers/", {**entry, "value": -1}).status_code == 422


def test_a_figure_is_published_by_a_second_person_and_taken_off_again(month: World) -> None:
    proposer, decider = (month.client("administration", role) for role in (Role.INSPECTOR, Role.REVIEWER))
    proposal = {"figure": "report_handling", "period": MONTH.key, "reason": "asked for by the public"}
    assert proposer.post("/statistics/published/", proposal).status_code == 302
    assert "already" not in text_of(proposer, "/statistics/published/")
    assert proposer.post("/statistics/published/", proposal).status_code == 422
    row = FigurePublication._base_manager.get()
    address, public = f"/statistics/published/{row.ref}/", Client(headers={"accept-language": "en"})
    assert proposer.post(address, {"do": "publish"}).status_code == 403
    assert "Reports handled in time" not in public.get("/figures/").content.decode()
    decider.post(address, {"do": "publish"})
    answer = public.get("/figures/")
    assert "Reports handled in time" in answer.content.decode() and not answer.cookies
    assert "举报按期办理率" in public.get("/figures/?language=zh-hans").content.decode()
    decider.post(address, {"do": "withdraw"})
    assert "Reports handled in time" not in public.get("/figures/").content.decode()
