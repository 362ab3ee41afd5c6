"""Wording of matches: the trick by which a name imitates a brand, and how close it is."""

from fanzha.base.words import Words
from fanzha.brands import _arrays as tables
from fanzha.brands.match import Matches
from fanzha.brands.table import Brand
from fanzha.kinds.website import skeleton, split_host, unicode_host

TRICKS: dict[str, Words] = {
    "suffix": Words("同名换后缀", "same name under another suffix"),
    "romanised": Words("拼音、简称或别名", "romanised or short name"),
    "digits": Words("数字冒充字母", "digits for letters"),
    "hyphen": Words("加减连字符", "hyphens put in or left out"),
    "look_alike": Words("形近字母", "letters that look alike"),
    "left_out": Words("漏写字母", "letter left out"),
    "added": Words("多写字母", "letter added"),
    "repeated": Words("重复字母", "letter doubled"),
    "replaced": Words("换了字母", "letter replaced"),
    "swapped": Words("字母换位", "letters swapped"),
    "two_edits": Words("改动两处", "two letters changed"),
    "split": Words("用点拆开", "name split by a dot"),
    "companion": Words("品牌名加诱导词", "brand name with a bait word"),
    "inside": Words("名称内含品牌名", "brand name inside the name"),
    "token": Words("品牌名与诱导词并列", "brand name beside a bait word"),
    "whole": Words("内嵌品牌完整域名", "whole brand domain put inside"),
    "number": Words("冒用客服号码", "service number used as a name"),
    "gov": Words("伪造gov.cn", "forged gov.cn"),
    "homoglyph": Words("异国字形", "look-alikes of other scripts"),
    "tail": Words("品牌名后接首字母或乱码", "brand name followed by initials or random letters"),
    "subdomain": Words("以品牌名作子域名", "brand name as a subdomain of another name"),
    "chinese": Words("中文域名含品牌名", "Chinese name of the brand"),
}

_BY_GROUP = {
    tables.LEFT_OUT: "left_out", tables.ADDED: "added", tables.REPEATED: "repeated", tables.REPLACED: "replaced",
    tables.SWAPPED: "swapped", tables.TWO_EDITS: "two_edits", tables.SPLIT: "split", tables.COMPANION: "companion",
    tables.INSIDE: "inside", tables.TOKEN: "token", tables.WHOLE: "whole", tables.NUMBER: "number", tables.GOV: "gov",
    tables.HOMOGLYPH: "homoglyph", tables.CHINESE: "chinese", tables.TAIL: "tail", tables.SUBDOMAIN: "subdomain",
}  # fmt: skip


def trick_of(matches: Matches, row: int) -> str:
    """Return the trick of a row, a key of TRICKS."""
    group, brand = int(matches.answers.group[row]), matches.brand(row)
    if group in _BY_GROUP:
        numbers = {skeleton(name) for name in _names(brand) if name.isdigit()}
        return "number" if matches.key(row) in numbers else _BY_GROUP[group]
    host = matches.hosts[row].as_py()
    cut = split_host(host)
    label = cut.registrable.removesuffix(f".{cut.suffix}")
    own = _names(brand)[0]
    if group == tables.SUFFIX:
        return "suffix" if skeleton(label) == skeleton(own) else "romanised"
    if label.replace("-", "") in {alias.replace("-", "") for alias in _names(brand)}:
        return "hyphen"
    return "digits" if any(c.isdigit() for c in label) else "look_alike"


def _names(brand: Brand | None) -> tuple[str, ...]:
    return (brand.domain.split(".")[0], *(alias.removesuffix("+") for alias in brand.aliases)) if brand else ("",)


def explain(matches: Matches, row: int) -> Words:
    """Return one sentence: the name as a browser shows it, the brand, the trick and how close it is."""
    brand = matches.brand(row)
    if brand is None:
        raise ValueError("nothing was matched in this row")
    trick, display_host = TRICKS[trick_of(matches, row)], unicode_host(matches.hosts[row].as_py())
    length, distance = int(matches.answers.length[row]), int(matches.answers.distance[row])
    closeness = (
        Words(f"与{length}个字母的名称相差{distance}处", f"{distance} edit(s) from a name of {length} letters")
        if distance
        else Words(f"对上{length}个字符", f"{length} characters agree")
    )
    return Words(
        f"{display_host} 仿冒 {brand.display_name.zh}：{trick.zh}，{closeness.zh}",
        f"{display_host} imitates {brand.display_name.en}: {trick.en}, {closeness.en}",
    )
