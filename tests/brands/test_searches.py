"""Each way of imitating a brand is found and named."""

import pyarrow as pa
import pytest

from fanzha.brands.match import Matcher
from fanzha.brands.tricks import trick_of

CASES = [
    ("taobao.top", "taobao.com", "suffix"),
    ("ta0bao.com", "taobao.com", "digits"),
    ("arnazon.com", "amazon.com", "look_alike"),
    ("tao-bao.com", "taobao.com", "hyphen"),
    ("micorsoftonline.com", "microsoft.com", "swapped"),
    ("xiaohongshuu.com", "xiaohongshu.com", "repeated"),
    ("pinduduo.com", "pinduoduo.com", "left_out"),
    ("face.book.com", "facebook.com", "split"),
    ("taobao-kf.cn", "taobao.com", "companion"),
    ("guanwangtaobao.com", "taobao.com", "companion"),
    ("wwwtaobao.com", "taobao.com", "inside"),
    ("jd-wmq-kefu.com", "jd.com", "token"),
    ("cmbkefu.com", "cmbchina.com", "companion"),
    ("icbc.com.cn.evil.example", "icbc.com.cn", "whole"),
    ("www-icbc-com-cn.top", "icbc.com.cn", "whole"),
    ("icbc-com.cn", "icbc.com.cn", "whole"),
    ("zhongguogongshangyinhang.vip", "icbc.com.cn", "romanised"),
    ("10086-jifen.cn", "10086.cn", "number"),
    ("icbc95588.cn", "icbc.com.cn", "number"),
    ("95588kf.com", "icbc.com.cn", "number"),
    ("abc-gov-cn.top", "gov.cn", "gov"),
    ("abcgovcn.top", "gov.cn", "gov"),
    ("chinatax-gov.cn", "chinatax.gov.cn", "whole"),
    ("shanghai-gov.com", "shanghai.gov.cn", "companion"),
    ("jd-lipei.top", "jd.com", "companion"),
    ("icbcjf.com", "icbc.com.cn", "companion"),
    ("sftuikuan.cn", "sf-express.com", "companion"),
    ("boc-jf.vip", "boc.cn", "companion"),
    ("wap.ccbxyz.com", "ccb.com", "token"),
    ("etc-renzheng.top", "txffp.com", "companion"),
    ("zgetcrz.vip", "txffp.com", "companion"),
    ("gjjtq.top", "mohurd.gov.cn", "companion"),
    ("szrmb-qianbao.top", "pbc.gov.cn", "companion"),
    ("etc.gov.cn.xyz-abc.top", "gov.cn", "gov"),
    ("ccb.com-jf.top", "ccb.com", "whole"),
    ("icbc.com-kf.top", "icbc.com.cn", "token"),
    ("12306tuipiao.com", "12306.cn", "number"),
    ("kyfw12306.cc", "12306.cn", "number"),
    ("12306xyz.top", "12306.cn", "number"),
    ("123o6.shop", "12306.cn", "digits"),
    ("1oo86-kefu.com", "10086.cn", "number"),
    ("123006.vip", "12306.cn", "number"),
    ("etcqyzh.top", "txffp.com", "tail"),
    ("m.psbcvqk.com", "psbc.com", "tail"),
    ("szgjj-cx.top", "mohurd.gov.cn", "companion"),
    ("quanguogjj.vip", "mohurd.gov.cn", "companion"),
    ("zhifubao.kwtrq.xyz", "alipay.com", "subdomain"),
    ("gjj.hxqzt.cn", "mohurd.gov.cn", "subdomain"),
    ("e-cny.hqlwt.top", "pbc.gov.cn", "subdomain"),
    ("psbcc.net", "psbc.com", "repeated"),
    ("dcep-cn.net", "pbc.gov.cn", "companion"),
    ("chinaunicorn-hf.com", "10010.com", "look_alike"),
    ("gongjjin-tiqu.com", "mohurd.gov.cn", "left_out"),
    ("njyh-kefu.top", "njcb.com.cn", "companion"),
    ("xiaofeiquan-lingqu.top", "mof.gov.cn", "companion"),
    ("kuaidi-lipei.cc", "spb.gov.cn", "companion"),
    ("taobbao.com", "taobao.com", "repeated"),
    ("taoqbao.com", "taobao.com", "added"),
    ("аррӏе.com", "apple.com", "homoglyph"),
    ("工商銀行官网.com", "icbc.com.cn", "chinese"),
]


@pytest.mark.parametrize(("host", "domain", "trick"), CASES, ids=[host for host, _, _ in CASES])
def test_imitation_names_brand_and_trick(matcher: Matcher, host: str, domain: str, trick: str) -> None:
    matches = matcher.match(pa.array([host]))
    brand = matches.brand(0)
    assert brand is not None
    assert (brand.domain, trick_of(matches, 0)) == (domain, trick)
    assert matches.answers.score[0] >= 0.5


INNOCENT = [
    "example.com", "shanghai.com", "hangzhou-travel.com", "mountain-view.org", "pku.edu.cn", "pkn.edu.cn", "github.io",
    "orange-juice.com", "icbc.com.akadns.net", "ccbride.com", "boconcept.com", "abcnews.com", "sfgate.com",
    "zhaogang.com", "spektrum.de", "castle.xyz", "gov-static.com", "cn12306.example", "applepie.com", "chasewater.org",
    "zaobao.com", "10000steps.org", "etcetera-books.top", "sitestory.xyz", "gjj.example.com", "itbulu.com",
    "hgjjxs.com", "train-delay.com", "looioo.com", "metropolitan.museum",
]  # fmt: skip


@pytest.mark.parametrize("host", INNOCENT)
def test_innocent_name_is_left_alone(matcher: Matcher, host: str) -> None:
    assert len(matcher.match(pa.array([host])).rows_above(0.5)) == 0
