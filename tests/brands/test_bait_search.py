"""Short names, service names and service numbers count beside bait words, and nowhere else."""

import pyarrow as pa
import pytest

from fanzha.brands.match import Matcher
from fanzha.brands.table import Brand, BrandTable

BANK = Brand(
    "fbk.example",
    zh="虚构银行",
    sector="finance",
    country="CN",
    aliases=("950000", "xgyh", "kaquan+", "fbkf", "zhanghao+"),
)
SHOP = Brand("shp.example", zh="虚构商城", sector="ecommerce")


@pytest.fixture(scope="module")
def own() -> Matcher:
    return Matcher(BrandTable([BANK, SHOP]))


@pytest.mark.parametrize(
    "host",
    [
        "fbkkefu.com",  # a strong word joined
        "fbk-jf.com",  # initials set apart
        "fbkjf.com",  # initials joined to a bank's name
        "fbk.kefu888.top",  # the name as a subdomain
        "fbk.com-abc.top",  # a forged domain
        "wap.fbkxyz.com",  # bait before it, letters at random behind it
        "mykaquanrz.top",  # a service name after a word
        "kaquan-renzheng.com",
        "wap-fbkfxyz.com",  # the same within one label, of four letters or more
        "950000abcdefgh.vip",
        "fbkff-kefu.com",  # a letter doubled beside bait
        "kaaquan-tuikuan.com",
        "950000abc.vip",  # a service number where names are cheap
        "950000-tuikuan.com",
        "xgyh950000.com",  # name and number
        "shp-lipei.cn",
        "shpkf.top",
        "fbkqrzx.vip",  # initials or letters at random where names are cheap
        "fbk-kf.hxqwt.cn",  # a subdomain of letters at random
        "xgyh.hxqwt.cn",
        "xgyh2025.top",
        "950ooo-kefu.com",  # a letter for a digit
        "ka-quan-kefu.com",  # a hyphen inside the name
        "sdkaquan.vip",  # a province before a service
    ],
)
def test_short_name_counts_beside_bait(own: Matcher, host: str) -> None:
    assert own.match(pa.array([host])).rows_above(0.5).tolist() == [0]


@pytest.mark.parametrize(
    "host",
    [
        "fbk.com",  # the name alone
        "fbkff-ride.com",  # a letter doubled beside no bait
        "kaaquan.com",
        "fbkride.com",  # inside another word
        "kaquan.com",
        "zhanghao.com",  # a name that is a bait word is no bait to itself
        "mykaquan.com",
        "950000ride.com",
        "shpkf.com",  # initials, and no guarded brand
        "ride-950000.com",
        "fbkqrzx.com",  # initials under a suffix where names cost something
        "xgyh.example.com",
        "shopfbkqzv.top",  # initials behind a word and a name
        "com.fbk-hosting.example",
    ],
)
def test_short_name_alone_is_no_alert(own: Matcher, host: str) -> None:
    assert own.match(pa.array([host])).rows_above(0.5).tolist() == []


def test_short_name_of_a_list_counts_where_names_are_cheap_only() -> None:
    own = Matcher(BrandTable([Brand("fiktv.example", en="Fiktv", match_requirement="clear")]))
    assert own.match(pa.array(["fiktv-verify.com", "fiktv-verify.top"])).rows_above(0.5).tolist() == [1]
