"""Facts of pages are those of the data that the detector learned from; forms say what they ask for."""

import pytest

from fanzha.collect.pages.page_facts import (
    build_page_facts,
    find_asks,
    find_forms,
    find_trackers,
    registered_domain,
)
from fanzha.collect.pages.page_inventory import (
    InputGroup,
    PageFrame,
    PageInput,
    PageInventory,
    PageLink,
    PageMarks,
    read_inventory,
)
from fanzha.models.families.page_features import PAGE_FACTS
from fanzha.store.look_record import PageRequest, Redirect

PAGE = PageInventory(
    url="https://www.shop.example/login",
    title="Shop",
    anchors=("/a", "https://shop.example/b", "https://other.example/", "#", "javascript:void(0)"),
    links=(
        PageLink("/style.css", "stylesheet"),
        PageLink("https://cdn.example/x.css", "stylesheet"),
        PageLink("https://cdn.example/i.ico", "icon"),
    ),
    media=("/logo.png", "https://cdn.example/a.png"),
    scripts=("/a.js",),
    actions=("/submit",),
    frames=(PageFrame("/x", hidden=True),),
    marks=PageMarks(copyright="© 2026 shop"),
)


def test_every_fact_of_the_detector_is_there() -> None:
    assert build_page_facts(PAGE, (), ()).keys() == {feature.name for feature in PAGE_FACTS}


def test_links_are_shared_out_by_registered_domain() -> None:
    facts = build_page_facts(PAGE, (), ())
    assert facts["nb_hyperlinks"] == 14  # a style sheet counts as a link and as itself
    assert facts["ratio_extHyperlinks"] == pytest.approx(5 / 14)
    assert facts["nb_extCSS"] == 1 and facts["external_favicon"] == 1
    assert facts["ratio_intMedia"] == facts["ratio_extMedia"] == 50
    assert facts["safe_anchor"] == 40  # "#" and javascript


def test_title_and_copyright_are_compared_with_the_name() -> None:
    facts = build_page_facts(PAGE, (), ())
    assert facts["domain_in_title"] == 0 and facts["empty_title"] == 0 and facts["domain_with_copyright"] == 0
    stranger = PageInventory(url="https://evil.example/", title="Shop", marks=PageMarks(copyright="© Shop"))
    facts = build_page_facts(stranger, (), ())
    assert facts["domain_in_title"] == 1 and facts["domain_with_copyright"] == 1


@pytest.mark.parametrize("action", [None, "", "#", "https://collector.example/p", "submit.php"])
def test_a_form_that_goes_nowhere_or_elsewhere_is_a_sign(action: str | None) -> None:
    page = PageInventory(url="https://a.example/", actions=(action,))
    assert build_page_facts(page, (), ())["login_form"] == 1


def test_redirects_and_failures_of_other_sites_are_counted() -> None:
    requests = (
        PageRequest("https://www.shop.example/login", type="Document", status=200),
        PageRequest("https://cdn.example/a", type="Image", status=404),
        PageRequest("https://cdn.example/b", type="Image", status=302),
    )
    hops = (Redirect("http://short.example/x", 301, "https://www.shop.example/login"),)
    facts = build_page_facts(PAGE, requests, hops)
    assert facts["ratio_extErrors"] == facts["ratio_extRedirection"] == 0.5
    assert facts["nb_redirection"] == facts["nb_external_redirection"] == 1


@pytest.mark.parametrize(
    ("words", "type", "asks"),
    [
        ("password 登录密码", "password", ("password",)),
        ("cardNo 银行卡号", "text", ("card",)),
        ("cvv", "password", ("card",)),
        ("idcard 身份证号码", "text", ("id_number",)),
        ("code 短信验证码", "text", ("sms_code",)),
        ("支付密码", "password", ("pin",)),
        ("mobile 手机号", "tel", ("phone",)),
        ("tel", "tel", ("phone",)),
        ("助记词", "text", ("wallet",)),
        ("comment", "text", ()),
        ("password", "checkbox", ()),
    ],
)
def test_inputs_ask_for_what_stands_beside_them(words: str, type: str, asks: tuple[str, ...]) -> None:
    assert find_asks(InputGroup(inputs=(PageInput(type=type, words=words),))) == asks


def test_invisible_inputs_ask_for_nothing() -> None:
    assert find_asks(InputGroup(inputs=(PageInput(type="password", words="password", hidden=True),))) == ()


def test_forms_without_a_question_are_left_out() -> None:
    page = PageInventory(
        forms=(
            InputGroup("/s", "get", (PageInput("search", "q"),)),
            InputGroup("/p", "post", (PageInput("password", ""),)),
        )
    )
    assert [form.action for form in find_forms(page)] == ["/p"]


def test_trackers_are_found_in_the_source() -> None:
    text = 'src="https://hm.baidu.com/hm.js?' + "a1" * 16 + '" gtag("config", "G-ABCDEF1234") UA-12345678-1'
    assert find_trackers(text) == ("G-ABCDEF1234", "UA-12345678-1", "a1" * 16)


def test_an_address_is_its_own_domain() -> None:
    assert registered_domain("login.bank.com.cn") == "bank.com.cn"
    assert registered_domain("192.0.2.7") == "192.0.2.7"


@pytest.mark.parametrize("value", [None, 7, [], {"anchors": "x"}, {"pictures": [["a"]]}])
def test_a_malformed_inventory_is_an_empty_one(value: object) -> None:
    assert read_inventory(value) == PageInventory()
