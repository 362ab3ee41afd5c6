"""A drawing shows all of a process: every state, every step with who takes it, and a line to where it leads."""

import re
from html import unescape
from xml.etree import ElementTree

import pytest

from fanzha.processes import Process
from fanzha.processes._diagram.blocks import build_blocks
from fanzha.processes._diagram.svg import Language, localized
from fanzha.processes.catalog import all_processes
from fanzha.processes.diagram import draw

_SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(params=sorted(all_processes()))
def process(request: pytest.FixtureRequest) -> Process:
    return all_processes()[request.param]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_state_and_step_is_drawn(process: Process, language: Language) -> None:
    root = ElementTree.fromstring(draw(process, language))
    texts = {" ".join(text.itertext()) for text in root.iter(f"{_SVG}text")}
    for machine in (process, *([process.legs] if process.legs else [])):
        for state in machine.states.values():
            assert localized(state.title, language) in texts
        for event in machine.events.values():
            assert any(text.startswith(localized(event.title, language)) for text in texts), event.title


def test_a_step_is_listed_below_each_state_that_it_leaves_or_once_for_many(process: Process) -> None:
    shown = build_blocks(process)
    for name, event in process.events.items():
        listed = [block for block in shown if any(exit.title == event.title for exit in block.exits)]
        if not event.sources:
            assert [block.is_begin for block in listed] == [True], name
        elif len(event.sources) < 3:
            assert {block.state for block in listed} >= set(event.sources), name
        else:
            assert any(
                all(process.states[state].title.en in block.title.en for state in event.sources) for block in listed
            ), name


def test_every_step_that_leads_somewhere_ends_on_the_rail_of_its_target(process: Process) -> None:
    text = draw(process)
    leading = [exit for block in build_blocks(process) for exit in block.exits if exit.to]
    if process.legs:
        leading += [exit for block in build_blocks(process.legs, process.legs.start) for exit in block.exits if exit.to]
    lines = re.findall(
        r'H([\d.]+)" stroke="(#\w+)"[^>]*/><circle cx="([\d.]+)" cy="[\d.]+" r="2.5" fill="(#\w+)"', text
    )
    assert len(lines) == len(leading)
    assert all(end == dot and color == dot_color for end, color, dot, dot_color in lines)


def test_boxes_stand_apart_and_within_the_paper(process: Process) -> None:
    root = ElementTree.fromstring(draw(process, "zh"))
    paper, *boxes = root.iter(f"{_SVG}rect")
    edges = [(float(box.get("y", "")), float(box.get("y", "")) + float(box.get("height", ""))) for box in boxes]
    assert all(above[1] < below[0] for above, below in zip(edges, edges[1:], strict=False))
    assert edges[-1][1] < float(paper.get("height", ""))
    assert all(float(box.get("x", "")) + float(box.get("width", "")) < float(paper.get("width", "")) for box in boxes)


def test_what_passes_by_a_deadline_says_so_and_is_dashed() -> None:
    order = all_processes()["order"]
    text = draw(order)
    assert re.search(r"Its time is over<tspan[^>]*>Expiry is over</tspan>", text)
    assert "Acknowledge is over after 15min" in text
    assert order.legs
    exits = [
        exit for block in (*build_blocks(order), *build_blocks(order.legs, order.legs.start)) for exit in block.exits
    ]
    assert text.count("stroke-dasharray") == len([exit for exit in exits if exit.is_automatic and exit.to]) > 10


def test_words_of_a_process_cannot_break_the_picture() -> None:
    order = all_processes()["order"]
    wild = Process(
        **{f: getattr(order, f) for f in order.__struct_fields__} | {"title": type(order.title)("<令>", "<b>&")}
    )
    assert unescape(ElementTree.fromstring(draw(wild))[0].text or "") == "<b>&"
