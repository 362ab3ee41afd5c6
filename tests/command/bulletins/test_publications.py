"""A publication is built from what is on record alone: its digest can be computed again."""

import pytest
from tests.command.bulletins.bulletins_made import DRAFTED, drafted, made_month, published, replied
from tests.command.people import World
from tests.command.processes.orders_made import actor

from fanzha.command.bulletins.publications import (
    build_publication,
    digest_of,
    load_bulletin_facts,
    viewer_figures,
)
from fanzha.command.processes.services import fire
from fanzha.command.web.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_the_digest_of_a_published_bulletin_is_computed_again(world: World) -> None:
    made_month(world)
    bulletin = published(world)
    assert digest_of(build_publication(load_bulletin_facts(bulletin))) == bulletin.digest


def test_the_text_states_the_figures_of_the_table(world: World) -> None:
    made_month(world)
    facts = load_bulletin_facts(replied(world))
    content = build_publication(facts)
    row = next(
        row
        for row in content["figures"]
        if row["company"] == world["carrier"].ref and row["measure"] == "report_settled"
    )
    company = next(company for company in content["companies"] if company["ref"] == world["carrier"].ref)
    assert f"{row['part']}/{row['whole']}件" in company["text"]["zh"] and row["best_place"] == 1
    rate = next(row for row in content["figures"] if row["measure"] == "reports_per_million" and not row["company"])
    assert (rate["part"], rate["whole"], rate["unit"]) == (120, 3_100_000, "per_million")
    assert "38.71 per million subscribers (120 ÷ 3,100,000, 95 % interval" in content["text"]["en"][2]["body"]
    small = [row for row in content["figures"] if row["company"] == world["mvno"].ref]
    assert all(row["best_place"] is None for row in small)
    own = viewer_figures(facts, world["carrier"].pk)
    assert {row["company"] for row in own} == {world["carrier"].ref} and {row["ranked"] for row in own} == {0}
    assert viewer_figures(facts, world["far_carrier"].pk) == []


def test_a_company_that_was_suspended_is_not_named_without_having_been_asked(world: World) -> None:
    made_month(world)
    bulletin = drafted(world)
    world["other_carrier"].is_active = False
    world["other_carrier"].save()
    fire(bulletin.ref, "send", actor(world, "centre", Role.ANALYST), {}, at=DRAFTED)
    world["other_carrier"].is_active = True
    world["other_carrier"].save()
    content = build_publication(load_bulletin_facts(bulletin))
    assert {company["ref"] for company in content["companies"]} == {world["carrier"].ref, world["mvno"].ref}
    assert {row["company"] for row in content["figures"]} == {"", world["carrier"].ref, world["mvno"].ref}
    total = next(row for row in content["figures"] if row["measure"] == "report_settled" and not row["company"])
    assert total["whole"] == 120
