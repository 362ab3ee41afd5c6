"""Features of texts are the same in each form, and demands quote the text."""

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from fanzha.demands import (
    FEATURES,
    FIRST_FEATURE,
    DemandKind,
    feature_codes,
    feature_matrix,
    feature_name,
    find_demands,
)
from fanzha.learn.codes import CodePoints, code_points
from fanzha.learn.fold import fold, fold_width


def views(texts: list[str]) -> tuple[CodePoints, CodePoints]:
    codes = code_points(pa.array(texts))
    return fold_width(codes), fold(codes)


def test_the_phrase_is_quoted_as_the_folded_text_has_it() -> None:
    (demand,) = (demand for demand in find_demands("請登錄 yb-gov.top 認證") if demand.kind is DemandKind.LINK)
    assert demand.phrase == "请登录〔链接〕认证"
    assert demand.title.en == "asks to open a link, scan a code or fill in a form"


def test_the_phrase_is_the_clause_and_of_a_long_clause_what_stands_around_the_terms() -> None:
    assert [demand.phrase for demand in find_demands("卡租一天两百，先交押金")][::2] == ["卡租一天两百", "先交押金"]
    long = "因为今天系统里显示您的申请已经提交上来了所以麻烦您把验证码念给我然后我再去跟主管说一下"
    (demand,) = (demand for demand in find_demands(long) if demand.kind is DemandKind.CODE)
    assert "验证码念给我" in demand.phrase and len(demand.phrase) == 18 and demand.phrase in long


def test_codes_and_matrix_have_the_same_columns() -> None:
    texts = ["您好，把验证码念给我", "", "谢谢，明天见"] * 50
    codes, matrix = feature_codes(*views(texts)), feature_matrix(*views(texts))
    assert (codes.codes.astype(np.int64) - FIRST_FEATURE == matrix.columns).all()
    assert (codes.offsets == matrix.offsets).all() and matrix.offsets.size == len(texts) + 1
    assert matrix.columns.max() < FEATURES


def test_features_of_a_text_do_not_depend_on_its_neighbours_and_ascend() -> None:
    texts = [f"您好，我是客服，{word}，" * count for count in (1, 40) for word in ("转我", "别告诉家人", "退款")]
    together = feature_matrix(*views(texts))
    for row, text in enumerate(texts):
        columns = together.columns[together.offsets[row] : together.offsets[row + 1]]
        assert (np.diff(columns) > 0).all()
        assert columns.tolist() == feature_matrix(*views([text])).columns.tolist()


def test_many_features_in_each_text_are_all_written() -> None:
    text = (
        "银行，公安，客服，姐，转我，验证码给我，共享屏幕，下载，扫码，贴卡，别告诉家里人，立案，今晚，加我微信，"
        "退款，中奖，帮我取现"
    )
    matrix = feature_matrix(*views([text] * 30))
    sizes = np.diff(matrix.offsets)
    assert sizes[0] > 200 and (sizes == sizes[0]).all()
    assert matrix.columns.size == sizes.sum()


def test_names_of_the_features_of_a_text_name_its_demand() -> None:
    names = {feature_name(column).en for column in feature_matrix(*views(["那串数字念给我"])).columns.tolist()}
    assert "asks for a code, password or card data" in names


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_any_text_has_features(text: str) -> None:
    assert feature_matrix(*views([text])).columns.size > 0
    find_demands(text)
