"""The links of a subject are found by the app of campaigns."""

from fanzha.command.campaigns import subject_links as module
from fanzha.command.subjects.graph import subject_links


def test_links_are_those_of_the_app_of_campaigns() -> None:
    assert subject_links().build_graph is module.build_graph
    assert subject_links().campaign_of is module.campaign_of
