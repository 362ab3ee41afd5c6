"""The profile takes the Sichuan table as it stands, and says what each number is in both languages."""

from fanzha.events.subscriber_profile import BILLS, CALLS, EVENT, TEXTS, TRAFFIC

SICHUAN = """opposite_count opposite_unique voccalltype1 imeis voc_calltype1 city_name_call county_name_call
phone2opposite_mean phone2opposite_median phone2opposite_max phone2oppo_sum_mean phone2oppo_sum_median
phone2oppo_sum_max call_dur_mean call_dur_median call_dur_max call_dur_min city_name_nunique county_name_nunique
calltype_id_unique voc_hour_mode voc_hour_mode_count voc_hour_nunique voc_day_mode voc_day_mode_count voc_day_nunique
sms_count sms_nunique sms_rate calltype_2 calltype_rate hour_mode hour_mode_count hour_nunique day_mode day_mode_count
day_nunique busi_count flow_mean flow_median flow_min flow_max flow_var flow_sum month_ids flow_month arpu_mean arpu_var
arpu_max arpu_min arpu_median arpu_sum arpu_skew arpu_sem arpu_quantile"""


def test_every_column_of_the_sichuan_table_has_its_place_in_its_order() -> None:
    assert [column.aliases[-1] for column in (*CALLS, *TEXTS, *TRAFFIC, *BILLS)] == SICHUAN.split()


def test_no_header_means_two_columns() -> None:
    aliases = [alias for column in EVENT.own for alias in column.aliases]
    assert len(aliases) == len(set(aliases))
    assert all(alias == alias.lower() for alias in aliases)


def test_every_measure_says_what_it_is_in_both_languages_and_in_which_unit() -> None:
    titles = [column.title for column in EVENT.own]
    assert len({title.zh for title in titles}) == len({title.en for title in titles}) == 56
    assert [column.name for column in EVENT.own if not column.unit] == ["subscriber", "bill_skew"]


def test_impossible_values_are_outside_the_range() -> None:
    for column in EVENT.own:
        if column.unit == "hour":
            assert (column.low, column.high) == (0, 23)
        if column.unit == "share 0-1":
            assert (column.low, column.high) == (0, 1)
        if column.unit == "count":
            assert column.low == 0
    assert EVENT.column("bill_cny_min").low is None  # refunds
