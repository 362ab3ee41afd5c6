"""A match is moved by what else is known of the site: age, filing, title, name score, bait in the URL."""

from collections.abc import Callable
from functools import cache
from typing import cast

import pyarrow as pa

from fanzha.brands.match import Matcher
from fanzha.detect._lookalike.scoring import DAY_MS, ScoredSite, Thresholds, score_sites
from fanzha.models.domain import MODEL, FittedDomain

Batch = Callable[..., pa.RecordBatch]
SEEN_AT = 1_772_323_200_000
NEVER = Thresholds(2.0, 2.0)


@cache
def matcher() -> Matcher:
    return Matcher()


def sites(batch: pa.RecordBatch, thresholds: Thresholds = NEVER) -> list[ScoredSite]:
    return score_sites(batch, matcher(), cast(FittedDomain, MODEL.load()), thresholds).sites


def score(batch: pa.RecordBatch, thresholds: Thresholds = NEVER) -> float:
    (site,) = sites(batch, thresholds)
    return site.score


def registered(days: int) -> int:
    return SEEN_AT - days * DAY_MS


def test_new_name_raises_and_old_or_filed_name_lowers(batch: Batch) -> None:
    host = {"host": "taobao-kefu.top"}
    plain = score(batch(host))
    assert score(batch(host | {"registered_at": registered(5)})) > plain
    assert (
        plain
        < score(batch(host | {"registered_at": registered(60)}))
        < score(batch(host | {"registered_at": registered(5)}))
    )
    assert score(batch(host | {"registered_at": registered(2_000)})) < plain
    assert score(batch(host | {"icp": "京ICP备00000000号"})) < plain


def test_weak_match_counts_only_with_more_evidence(batch: Batch) -> None:
    weak = {"host": "douyin-mountain.org"}
    assert sites(batch(weak)) == []
    assert score(batch(weak | {"registered_at": registered(3)})) >= 0.5


def test_title_that_names_the_brand_raises(batch: Batch) -> None:
    host = {"host": "taobao-kefu.top"}
    assert score(batch(host | {"title": "淘宝网客服中心"})) > score(batch(host))


def test_name_score_raises_a_match_and_stands_alone_beyond_its_threshold(batch: Batch) -> None:
    host = {"host": "taobao-kefu.top"}
    assert score(batch(host), Thresholds(0.0, 2.0)) > score(batch(host))
    (site,) = sites(batch({"host": "plain-name.example"}), Thresholds(0.0, 0.0))
    assert site.brand is None and 0.5 <= site.score <= 0.7


def test_name_score_never_accuses_an_owner_or_a_hosting_tenant(batch: Batch) -> None:
    rows = ({"host": "www.taobao.com"}, {"host": "some-tenant.github.io"}, {"host": "github.io"})
    assert sites(batch(*rows), Thresholds(0.0, 0.0)) == []


def test_brand_before_the_at_sign_counts_as_the_brand(batch: Batch) -> None:
    (site,) = sites(batch({"host": "plain.example", "url": "https://www.icbc.com.cn@plain.example/"}))
    assert site.brand is not None and site.brand.domain == "icbc.com.cn"
    assert site.bait == "www.icbc.com.cn"
    assert sites(batch({"host": "plain.example", "url": "https://me.home@plain.example/"})) == []


def test_subject_is_what_somebody_registered_and_each_host_is_told_once(batch: Batch) -> None:
    found = sites(
        batch({"host": "a.b.taobao-kefu.top"}, {"host": "taobao-kefu.github.io"}, {"host": "a.b.taobao-kefu.top"})
    )
    assert [site.subject for site in found] == ["taobao-kefu.top", "taobao-kefu.github.io"]


def test_hosts_that_are_no_hosts_are_passed_over(batch: Batch) -> None:
    assert sites(batch({"host": ""}, {"host": "x" * 500}, {"host": "192.0.2.1"}, {"host": "..\x00"})) == []
