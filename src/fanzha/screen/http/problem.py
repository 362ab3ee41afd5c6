"""What goes wrong, told as RFC 9457 asks (problem+json), in the language of whoever asked."""

import re
from typing import NamedTuple

import msgspec

from fanzha.base.words import Words

CONTENT_TYPE = b"application/problem+json"
_URN = "urn:fanzha:problem:"
_READ = 200  # bytes of Accept-Language that are looked at


class Sort(NamedTuple):
    """A sort of problem: its HTTP status and its title."""

    status: int
    title: Words


PROBLEMS: dict[str, Sort] = {
    "malformed": Sort(400, Words("请求体不是有效的 JSON", "The body is not JSON")),
    "no-key": Sort(401, Words("缺少密钥", "A key is needed")),
    "unknown-key": Sort(401, Words("密钥无效或已失效", "The key is not known or no longer holds")),
    "out-of-scope": Sort(403, Words("密钥无此权限", "The key does not open this")),
    "not-found": Sort(404, Words("没有此地址", "There is nothing here")),
    "not-offered": Sort(404, Words("此处未开放该查询", "This is not offered here")),
    "wrong-method": Sort(405, Words("不支持该方法", "The method does not fit")),
    "too-slow": Sort(408, Words("请求体迟迟未到", "The body did not come in time")),
    "too-large": Sort(413, Words("请求体过大", "The body is too large")),
    "too-many": Sort(413, Words("一次询问的值超过密钥上限", "More values at once than the key may ask")),
    "wrong-type": Sort(415, Words("请求体类型不符", "The body is of another type")),
    "wrong-shape": Sort(422, Words("请求体内容不符合约定", "The body is not as agreed")),
    "wrong-value": Sort(422, Words("参数不符合约定", "A parameter is not as agreed")),
    "too-fast": Sort(429, Words("请求过于频繁", "Too many requests")),
    "failed": Sort(500, Words("内部错误", "Something failed here")),
    "not-ready": Sort(503, Words("尚未就绪", "Not ready")),
}


class ProblemDetails(msgspec.Struct, frozen=True):
    """A problem (RFC 9457). 出错说明。"""

    type: str
    title: str
    status: int
    detail: str


class Problem(Exception):
    """Ends a request; `headers` go with the answer."""

    def __init__(self, code: str, detail: Words, headers: tuple[tuple[bytes, bytes], ...] = ()) -> None:
        """Take one of PROBLEMS and what happened this time, with what to do."""
        super().__init__(code)
        self.code, self.detail, self.headers = code, detail, headers

    @property
    def status(self) -> int:
        """The HTTP status."""
        return PROBLEMS[self.code].status

    def body(self, chinese: bool) -> bytes:
        """Return the JSON in one language."""
        sort, place = PROBLEMS[self.code], 0 if chinese else 1
        return msgspec.json.encode(ProblemDetails(_URN + self.code, sort.title[place], sort.status, self.detail[place]))


def reads_chinese(accepted: bytes) -> bool:
    """Return whether an Accept-Language (RFC 9110 §12.5.4) puts Chinese before English; where it is silent, yes."""
    best = {"zh": 0.0, "en": 0.0, "*": 0.0}
    for part in accepted[:_READ].decode("latin-1").lower().split(","):
        name, _, quality = part.strip().partition(";")
        language = name.strip().partition("-")[0]
        if language in best:
            best[language] = max(best[language], _quality(quality))
    return best["zh"] >= best["en"] if best["zh"] or best["en"] else True


def _quality(text: str) -> float:
    found = re.fullmatch(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*", text)
    return min(1.0, float(found[1])) if found else 1.0


def wrong_shape(error: msgspec.ValidationError) -> Problem:
    """Say what does not fit, and where, of a body that is JSON."""
    what, _, where = str(error)[:300].partition(" - at ")
    return Problem("wrong-shape", _translated(what, where.strip("`")))


def malformed(error: Exception) -> Problem:
    """Say that a body is no JSON."""
    return Problem(
        "malformed", Words("请检查编码（UTF-8）与语法", f"check the encoding (UTF-8) and the syntax: {error}")
    )


_ZH = (
    (r"Object missing required field `(.*)`", r"缺少必填字段 \1"),
    (r"Object contains unknown field `(.*)`", r"未知字段 \1"),
    (r"Expected `(\w+)`, got `(\w+)`", r"应为 \1，实为 \2"),
    (r"Expected `(\w+)` of length (\S+ \d+)", r"\1 的长度应 \2"),
    (r"Expected `(\w+)` (\S+ \S+)", r"\1 的值应 \2"),
    (r"Expected `(\w+)` matching regex .*", r"\1 的写法不符"),
    (r"Invalid enum value .*", "不在允许的取值之内"),
)


def _translated(what: str, where: str) -> Words:
    zh = next((found.expand(told) for form, told in _ZH if (found := re.fullmatch(form, what, re.S))), what)
    return Words(f"{zh}（位置 {where}）", f"{what} (at {where})") if where else Words(zh, what)
