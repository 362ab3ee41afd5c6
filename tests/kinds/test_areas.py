"""Areas are named as they were in a year; what is not in the list is not known, and that is no error."""

from fanzha.kinds._areas import area_at, areas, place_at


def test_an_area_has_the_name_of_its_year() -> None:
    before, after = area_at("120110", 1980), area_at("120110", 2000)
    assert before is not None and after is not None
    assert (before.name, after.name) == ("东郊区", "东丽区")


def test_an_abolished_area_is_still_named() -> None:
    gone = area_at("110103", 2020)
    assert gone is not None and gone.name == "崇文区" and not gone.in_force(2020)


def test_areas_founded_after_the_source_ended_are_known() -> None:
    new = area_at("330113", 2021)
    assert new is not None and new.name == "临平区" and not new.in_force(2020)


def test_a_place_is_spelled_from_province_to_county_as_far_as_known() -> None:
    assert place_at("110105", 1990) == "北京市朝阳区"
    assert place_at("330199", 2024) == "浙江省杭州市"
    assert place_at("990000", 2024) == ""


def test_every_entry_ends_no_earlier_than_it_begins() -> None:
    assert len(areas()) > 6_000
    for names in areas().values():
        for area in names:
            assert area.name and (area.since or 0) <= (area.until or 9999)
