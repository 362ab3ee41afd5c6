"""A publication is built from what is on record alone: its digest can be computed again."""

import pytest
from tests.command.bulletins.bulletins_made import made_month, published, replied
from tests.command.people import World

from fanzha.command.bulletins.publications import (
    build_publication,
    digest_of,
    load_bulletin_facts,
    viewer_figures,
)

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
        row for row in content["figures"] if row["company"] == world["carrier"].ref and row["measure"] == "handled"
    )
    company = next(company for company in content["companies"] if company["ref"] == world["carrier"].ref)
    assert f"{row['part']}/{row['whole']}件" in company["text"]["zh"] and row["best_place"] == 1
    small = [row for row in content["figures"] if row["company"] == world["mvno"].ref]
    assert all(row["best_place"] is None for row in small)
    own = viewer_figures(facts, world["carrier"].pk)
    assert {row["company"] for row in own} == {world["carrier"].ref} and {row["ranked"] for row in own} == {0}
    assert viewer_figures(facts, world["far_carrier"].pk) == []
