"""Links, numbers and handles are compared with the brand that a text names; a brand's own links speak for nobody."""

import numpy as np
import pyarrow as pa
import pytest

from fanzha.learn.codes import code_points
from fanzha.learn.fold import fold
from fanzha.models.families.contacts import FEATURES, ContactReader
from fanzha.models.families.made_up_texts import training_texts

READER = ContactReader()


def features(text: str) -> dict[str, float]:
    column = pa.array([text])
    return dict(zip(FEATURES, READER.features(column, fold(code_points(column)))[0].tolist(), strict=True))


def test_a_text_without_contacts_has_no_feature() -> None:
    assert set(features("明天一起吃饭吧").values()) == {0.0}


@pytest.mark.parametrize("size", range(8))
def test_a_text_of_any_length_is_read(size: int) -> None:
    assert set(features("天" * size).values()) == {0.0}


def test_the_name_of_an_app_counts_within_one_text_alone() -> None:
    column = pa.array(["【虚构科技】中国工商银行提醒，微", "信用", ""])
    together = READER.features(column, fold(code_points(column)))
    assert together[0].tolist() == list(features(column[0].as_py()).values())


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("加微信 abcd_0000", {"handle"}),
        ("请致电19900001234", {"number"}),
        ("请致电95588", {"service_number"}),
        ("见 http://ordinary.example/x", {"link"}),
        (
            "【虚构科技】中国工商银行提醒您登录 http://ordinary.example 办理",
            {"link", "other_domain", "other_signature"},
        ),
        ("【工商银行】请登录 https://www.icbc.com.cn 查询", {"link", "official_link"}),
        ("请登录 http://sub.tax.gov.cn/a 查询", {"link", "official_link"}),
    ],
)
def test_each_contact_is_a_feature(text: str, names: set[str]) -> None:
    assert {name for name, value in features(text).items() if value} == names


def test_a_link_that_imitates_a_brand_names_the_brand() -> None:
    contacts = READER.read("请登录 http://icbc-verify.example 激活")
    assert contacts.imitates is not None and contacts.imitates.domain == "icbc.com.cn"
    assert contacts.leads_elsewhere and not contacts.is_official


def test_the_longest_name_decides_which_brand_is_named() -> None:
    contacts = READER.read("中国建设银行通知 http://ordinary.example")
    assert contacts.brand is not None and contacts.brand.domain == "ccb.com"


def test_many_texts_are_read_as_each_alone() -> None:
    texts = [
        "你好",
        "请登录 http://ordinary.example 或 http://icbc-verify.example",
        "见 https://www.taobao.com/",
        "【虚构】好",
    ]
    assert READER.read_all(texts) == [READER.read(text) for text in texts]
    assert [contacts.imitates is not None for contacts in READER.read_all(texts)] == [False, True, False, False]


def test_imitations_are_found_in_bulk() -> None:
    texts = pa.array(["请登录 http://icbc-verify.example 激活", "https://www.taobao.com/", "你好", None])
    assert READER.find_imitations(texts).tolist() == [0]


@pytest.mark.parametrize("link", ["icbc-verify[.]top/a", "icbc-verify[点]top/a", "icbc-verify(dot)top/a"])
def test_imitations_with_a_bracketed_dot_are_found_in_bulk(link: str) -> None:
    assert READER.find_imitations(pa.array([f"请登录 {link} 激活", "点击查看。（完）"])).tolist() == [0]


def test_the_features_of_a_column_are_those_of_each_text_read_by_itself() -> None:
    texts = [one.text for one in training_texts()[::7]]
    texts += [
        "",
        "加微 abc12345，400-820-8820，请点 www.icbc.com.cn/a",
        "【工商银行】ＱＱ００００１，见 t[.]cn/x",
    ]
    column = pa.array(texts)
    found = READER.features(column, fold(code_points(column)))
    told = np.flatnonzero(found.any(axis=1)).tolist()
    assert len(told) > 100
    for row in told:
        assert tuple(found[row]) == READER.read(texts[row]).features()
