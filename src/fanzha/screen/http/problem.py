"""Problem responses (RFC 9457, problem+json) in the client's language."""

import re
from typing import NamedTuple

import msgspec

from fanzha.base.words import Words

CONTENT_TYPE = b"application/problem+json"
_URN = "urn:fanzha:problem:"
_READ = 200  # bytes of Accept-Language that are read


class ScreenProblemType(NamedTuple):
    """A problem type: HTTP status and title."""

    status: int
    title: Words


PROBLEMS: dict[str, ScreenProblemType] = {
    "malformed": ScreenProblemType(400, Words("请求体不是有效的 JSON", "The body is not JSON")),
    "no-key": ScreenProblemType(401, Words("缺少密钥", "A key is needed")),
    "unknown-key": ScreenProblemType(401, Words("密钥无效或已失效", "The key is not known or no longer holds")),
    "out-of-scope": ScreenProblemType(403, Words("密钥无此权限", "The key does not open this")),
    "not-found": ScreenProblemType(404, Words("没有此地址", "There is nothing here")),
    "not-offered": ScreenProblemType(404, Words("此处未开放该查询", "This is not offered here")),
    "wrong-method": ScreenProblemType(405, Words("不支持该方法", "The method does not fit")),
    "too-slow": ScreenProblemType(408, Words("请求体迟迟未到", "The body did not come in time")),
    "too-large": ScreenProblemType(413, Words("请求体过大", "The body is too large")),
    "too-many": ScreenProblemType(413, Words("一次询问的值超过密钥上限", "More values at once than the key may ask")),
    "wrong-type": ScreenProblemType(415, Words("请求体类型不符", "The body is of another type")),
    "wrong-shape": ScreenProblemType(422, Words("请求体内容不符合约定", "The body is not as agreed")),
    "wrong-value": ScreenProblemType(422, Words("参数不符合约定", "A parameter is not as agreed")),
    "too-fast": ScreenProblemType(429, Words("请求过于频繁", "Too many requests")),
    "failed": ScreenProblemType(500, Words("内部错误", "Something failed here")),
    "not-ready": ScreenProblemType(503, Words("尚未就绪", "Not ready")),
}


class ProblemDetails(msgspec.Struct, frozen=True):
    """A problem (RFC 9457). 出错说明。"""

    type: str
    title: str
    status: int
    detail: str


class HttpProblem(Exception):
    """Ends a request with a problem response; `headers` are added to it."""

    def __init__(self, code: str, detail: Words, headers: tuple[tuple[bytes, bytes], ...] = ()) -> None:
        """`code` is one of PROBLEMS; `detail` says what happened and what to do."""
        super().__init__(code)
        self.code, self.detail, self.headers = code, detail, headers

    @property
    def status(self) -> int:
        """The HTTP status."""
        return PROBLEMS[self.code].status

    def body(self, chinese: bool) -> bytes:
        """Return the JSON in one language."""
        problem_type, language = PROBLEMS[self.code], 0 if chinese else 1
        return msgspec.json.encode(
            ProblemDetails(_URN + self.code, problem_type.title[language], problem_type.status, self.detail[language])
        )


def prefers_chinese(accepted: bytes) -> bool:
    """Return whether Accept-Language (RFC 9110 §12.5.4) prefers Chinese to English; True if it names neither."""
    best = {"zh": 0.0, "en": 0.0, "*": 0.0}
    for part in accepted[:_READ].decode("latin-1").lower().split(","):
        name, _, quality = part.strip().partition(";")
        language = name.strip().partition("-")[0]
        if language in best:
            best[language] = max(best[language], _quality(quality))
    return best["zh"] >= best["en"] if best["zh"] or best["en"] else True


def _quality(text: str) -> float:
    match = re.fullmatch(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*", text)
    return min(1.0, float(match[1])) if match else 1.0


def wrong_shape(error: msgspec.ValidationError) -> HttpProblem:
    """Return the problem of JSON that does not match the struct, with its location."""
    message, _, location = str(error)[:300].partition(" - at ")
    return HttpProblem("wrong-shape", _translate(message, location.strip("`")))


def malformed(error: Exception) -> HttpProblem:
    """Return the problem of a body that is not JSON."""
    return HttpProblem(
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


def _translate(message: str, location: str) -> Words:
    zh = next(
        (match.expand(replacement) for pattern, replacement in _ZH if (match := re.fullmatch(pattern, message, re.S))),
        message,
    )
    return Words(f"{zh}（位置 {location}）", f"{message} (at {location})") if location else Words(zh, message)
