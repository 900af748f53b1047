"""The picture: whom it names, how it is laid out, that it stays small, that it is well-formed."""

from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from schemas.explanation import AlarmTold, Blamed, ProblemExplanation
from streams.domain.network import Network
from streams.explain.affected import MOST, affected
from streams.explain.layout import layers, rows
from streams.explain.picture import cut, draw, picture
from streams.explain.svg import svg
from tests.builders import a_network
from tests.explain.telling import its_network, problem_of

SVG = "{http://www.w3.org/2000/svg}"


def a_tree(lines: int = 4) -> Network:
    return a_network(*((f"line-{n}", "card") for n in range(lines)), ("card", "power"), ("svc-0", "line-0"), services=["svc-0"])


def a_problem(*alarmed: str, cause: str = "card", **but: object) -> ProblemExplanation:
    cut_ = problem_of("five-alarms", "fibre-7")
    alarms = [AlarmTold.model_validate({**cut_.alarms[0].model_dump(), "id": f"a-{name}", "object": name}) for name in alarmed]
    blamed = Blamed.model_validate({"object": cause, "confidence": 0.8, "is_alarmed": cause in alarmed, "evidence": []}) if cause else None
    return cut_.model_copy(update={"alarms": alarms, "cause": blamed, "runners_up": [], "services": [], **but})


def texts(told: ProblemExplanation, network: Network) -> list[str]:
    return [each.text or "" for each in ElementTree.fromstring(svg(picture(told, network)).encode()).iter(f"{SVG}text")]


def test_it_names_the_cause_the_alarmed_and_the_services_hit_and_no_customer() -> None:
    said = texts(problem_of("five-alarms", "fibre-7"), its_network("five-alarms"))

    assert {"fibre-7", "port-1", "port-2", "olt-3", "vpn-hospital", "down", "located cause", "alarmed", "service", "explains: right depends on left"} <= set(said)
    assert not any("harbour-hospital" in text for text in said)


def test_who_should_have_alarmed_and_did_not_is_silent_and_so_may_the_cause_be() -> None:
    network = a_tree()
    boxes = affected(a_problem("line-0", "line-1", "line-2"), network).boxes

    assert ["line-3"] == [name for name, box in boxes.items() if box.is_silent]
    assert "silent" in boxes["card"].words and boxes["card"].is_cause and not boxes["card"].is_alarmed
    assert {"located cause, silent itself", "silent"} <= set(texts(a_problem("line-0", "line-1", "line-2"), network))


def test_the_silence_of_objects_whose_like_did_not_alarm_says_nothing() -> None:
    assert "svc-0" not in affected(a_problem("line-0", "line-1", cause="power"), a_tree()).boxes


def test_the_way_from_the_cause_is_drawn_with_what_lies_on_it() -> None:
    shown = affected(a_problem("line-0", cause="power"), a_tree(1))

    assert {("power", "card"), ("card", "line-0")} == {(edge.on, edge.dependent) for edge in shown.edges if edge.explains}


def test_a_large_problem_is_bounded_and_the_rest_counted() -> None:
    shown = affected(a_problem(*(f"line-{n}" for n in range(200))), a_tree(300))

    assert len(shown.boxes) == MOST
    assert 300 == sum(name.startswith("line-") for name in shown.boxes) + shown.omitted["alarmed"] + shown.omitted["silent"]
    assert any(text.startswith("not drawn: ") and f"{shown.omitted['alarmed']} alarmed" in text for text in texts(a_problem(*(f"line-{n}" for n in range(200))), a_tree(300)))


@pytest.mark.parametrize("cause", ["", "nowhere"])
def test_an_unknown_cause_and_objects_that_nobody_declared_can_be_drawn(cause: str) -> None:
    assert {"stranger", "line-1"} <= set(texts(a_problem("stranger", "line-1", cause=cause), a_tree()))


def test_names_that_xml_cannot_hold_are_shown_as_well_as_can_be() -> None:
    said = texts(a_problem("a<b>&\"'", "bell\x07"), a_tree())

    assert "a<b>&\"'" in said and "bell\ufffd" in said


def test_what_all_stands_on_is_left_of_what_stands_on_it_even_in_a_circle() -> None:
    columns = layers(["c", "a", "b", "lone"], [("a", "b"), ("b", "c"), ("c", "a")])
    place = {name: n for n, column in enumerate(columns) for name in column}

    assert len(set(place.values())) == 3 and len(place) == 4
    assert layers(["s", "x", "y"], [("x", "y"), ("y", "s"), ("x", "s")]) == [["x"], ["y"], ["s"]]


def test_rows_keep_their_order_and_distance_and_stand_by_what_they_are_connected_with() -> None:
    ways = [("root", f"leaf-{n}") for n in range(6)] + [("leaf-5", "top-b"), ("leaf-0", "top-a")]
    columns = layers(["root", *(f"leaf-{n}" for n in range(6)), "top-a", "top-b"], ways)
    row = rows(columns, ways)

    assert all(row[b] - row[a] >= 1 for column in columns for a, b in pairwise(column))
    assert (row["top-a"], row["top-b"], row["root"]) == (row["leaf-0"], row["leaf-5"], 2.5)


def test_a_name_that_does_not_fit_loses_its_middle() -> None:
    assert ("short", "abcd…wxyz") == (cut("short", 9), cut("abcdefghijklmnopqrstuvwxyz", 9))


def test_both_files_are_written_and_the_png_is_an_image_in_colours(tmp_path: Path) -> None:
    draw(problem_of("five-alarms", "fibre-7"), its_network("five-alarms"), tmp_path / "p.svg", tmp_path / "p.png")
    ElementTree.parse(tmp_path / "p.svg")

    with Image.open(tmp_path / "p.png") as image:
        assert image.format == "PNG" and image.width > 1000
        colours = {colour for _, colour in image.convert("RGB").getcolors(1 << 24) or ()}
    assert {(0, 0, 0), (255, 255, 255), (0xF5, 0xCF, 0x7A)} <= colours
