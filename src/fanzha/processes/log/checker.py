"""Check an evidence pack offline, with Python 3.8 or later and nothing else.

    python3 verify.py PACK.zip [--key HEX] [--anchors FILE]

This file is in every pack as verify.py; take it from a pack you trust, or from Fanzha itself: all are the same.
独立校验证据包：仅需 Python 3.8 以上标准库，无需联网；各证据包内的 verify.py 相同。
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import sys
import zipfile

ANCHOR = re.compile(
    r"fanzha-anchor:1:([0-9a-f]{64}):([1-9]\d{0,17}):([0-9a-f]{64}):(\d{1,18}):([0-9a-f]{64}):(\d{1,15})"
    r":([0-9a-f]{64}):([0-9a-f]{128})"
)
LARGEST = 1 << 30  # bytes of one file of a pack


class Fault(Exception):
    """Something in the pack is not as it was written."""


def digest(*parts: bytes) -> bytes:
    """Return the SHA-256 of the parts."""
    return hashlib.sha256(b"".join(parts)).digest()


def climb(leaf: bytes, place: int, count: int, path: list[str]) -> bytes:
    """Go from a leaf to the root of its Merkle tree (RFC 6962): 0x01 stands before the two hashes of a node."""
    waiting = [bytes.fromhex(step) for step in reversed(path)]
    if not 0 <= place < count:
        raise Fault("位置超出范围 the place lies outside of its tree")
    while count > 1:
        if place ^ 1 < count:
            if not waiting:
                raise Fault("路径过短 the path is too short")
            beside = waiting.pop()
            leaf = digest(b"\1", beside, leaf) if place & 1 else digest(b"\1", leaf, beside)
        place, count = place >> 1, (count + 1) >> 1
    if waiting:
        raise Fault("路径过长 the path is too long")
    return leaf


# Ed25519 (RFC 8032, section 5.1), written for shortness: some milliseconds a signature. Only for verifying.
P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def add(one: tuple[int, ...], two: tuple[int, ...]) -> tuple[int, ...]:
    """Add two points in extended coordinates."""
    a = (one[1] - one[0]) * (two[1] - two[0]) % P
    b = (one[1] + one[0]) * (two[1] + two[0]) % P
    c, d = 2 * one[3] * two[3] * D % P, 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(factor: int, point: tuple[int, ...]) -> tuple[int, ...]:
    """Multiply a point."""
    total: tuple[int, ...] = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            total = add(total, point)
        point, factor = add(point, point), factor >> 1
    return total


def point(data: bytes) -> tuple[int, ...] | None:
    """Read a point; None when there is none."""
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signature_fits(key: bytes, signature: bytes, text: bytes) -> bool:
    """Say whether an Ed25519 signature over a text is one of this public key."""
    if len(key) != 32 or len(signature) != 64:
        return False
    there, other, factor = point(key), point(signature[:32]), int.from_bytes(signature[32:], "little")
    if there is None or other is None or factor >= Q:
        return False
    bound = int.from_bytes(hashlib.sha512(signature[:32] + key + text).digest(), "little") % Q
    assert BASE is not None
    left, right = times(factor, BASE), add(other, times(bound, there))
    return not ((left[0] * right[2] - right[0] * left[2]) % P or (left[1] * right[2] - right[1] * left[2]) % P)


def files(path: str) -> dict[str, bytes]:
    """Read the files of a pack."""
    found: dict[str, bytes] = {}
    with zipfile.ZipFile(path) as pack:
        for one in pack.infolist():
            if one.filename in found or one.file_size > LARGEST:
                raise Fault(f"{one.filename}: 重复或过大 appears twice or is too large")
            found[one.filename] = pack.read(one)
    return found


def lines(pack: dict[str, bytes], name: str) -> list[bytes]:
    """Return the lines of a file of the pack."""
    if name not in pack:
        raise Fault(f"缺少 {name} is missing")
    return pack[name].splitlines()


def anchors(pack: dict[str, bytes], key: str | None, published: list[str] | None) -> dict[int, list[str]]:
    """Check the anchors of a pack; return their parts by number."""
    found = {}
    for line in lines(pack, "anchors.txt"):
        text = line.decode()
        parts = ANCHOR.fullmatch(text)
        if not parts:
            raise Fault("anchors.txt: 不是锚点 no anchor")
        number, signer = parts[2], parts[7]
        if key is not None and signer != key:
            raise Fault(f"锚点 {number} 由其他密钥签名 anchor {number} is signed under another key: {signer}")
        if published is not None and text not in published:
            raise Fault(f"锚点 {number} 未见于已发布锚点 anchor {number} is not among those published")
        if not signature_fits(bytes.fromhex(signer), bytes.fromhex(parts[8]), text.rpartition(":")[0].encode()):
            raise Fault(f"锚点 {number} 签名无效 the signature of anchor {number} does not fit")
        found[int(number)] = [str(part) for part in parts.groups()]
    if not found:
        raise Fault("证据包没有锚点 the pack has no anchor")
    if len({(parts[0], parts[6]) for parts in found.values()}) > 1:
        raise Fault("锚点属于不同日志或密钥 anchors are of several logs or keys")
    return found


def batches(pack: dict[str, bytes], known: dict[int, list[str]]) -> dict[int, dict[str, object]]:
    """Check that each record of a batch lies under an anchor; return them by number."""
    found: dict[int, dict[str, object]] = {}
    proofs = lines(pack, "batch_proofs.jsonl")
    texts = lines(pack, "batches.jsonl")
    if len(proofs) != len(texts):
        raise Fault("批次与证明数目不同 as many batches as proofs are needed")
    for text, line in zip(texts, proofs):  # noqa: B905 - Python 3.8 knows no strict
        record, proof = json.loads(text), json.loads(line)
        number = record["number"]
        anchor = known.get(proof["anchor"])
        if anchor is None:
            raise Fault(f"批次 {number} 没有锚点 batch {number} has no anchor")
        last, since = int(anchor[1]), int(anchor[3])
        head = digest(b"\2", text)
        if climb(head, number - since - 1, last - since, proof["path"]).hex() != anchor[4]:
            raise Fault(f"批次 {number} 与锚点不符 batch {number} is not what was anchored")
        found[number] = record
    return found


def entries(pack: dict[str, bytes], known: dict[int, dict[str, object]]) -> dict[tuple[int, int], dict[str, object]]:
    """Check that each entry lies under the root of its batch; return them by batch and position."""
    found = {}
    proofs = lines(pack, "entry_proofs.jsonl")
    texts = lines(pack, "entries.jsonl")
    if len(proofs) != len(texts):
        raise Fault("条目与证明数目不同 as many entries as proofs are needed")
    for text, line in zip(texts, proofs):  # noqa: B905
        entry = json.loads(text)
        batch, position = entry["batch"], entry["position"]
        record = known.get(batch)
        if record is None:
            raise Fault(f"缺少批次 {batch} of entry {position} is missing")
        count = int(str(record["count"]))
        if climb(digest(b"\0", text), position, count, json.loads(line)).hex() != record["root"]:
            raise Fault(f"批次 {batch} 条目 {position} 被更改 batch {batch} entry {position} was changed")
        found[batch, position] = entry
    return found


def personal(pack: dict[str, bytes], known: dict[tuple[int, int], dict[str, object]]) -> int:
    """Check that each personal value shown is what its entry is committed to; return how many there are."""
    shown = lines(pack, "personal.jsonl")
    for line in shown:
        one = json.loads(line)
        place = one["batch"], one["position"]
        fields = known.get(place, {}).get("personal")
        told = fields.get(one["name"]) if isinstance(fields, dict) else None
        salt, value = bytes.fromhex(one["salt"]), one["value"].encode()
        made = hmac.new(salt, one["name"].encode() + b"\0" + value, "sha256").hexdigest()
        if len(salt) != 32 or not told or told[1] != made:
            where = f"{place[0]} 条目 {place[1]}", f"{place[0]} entry {place[1]}"
            raise Fault(
                f"批次 {where[0]} 的 {one['name']} 不符 {one['name']} of batch {where[1]} is not what was logged"
            )
    return len(shown)


def gaps(known: dict[tuple[int, int], dict[str, object]]) -> list[str]:
    """Name the steps of processes that the pack leaves out before its last ones."""
    steps: dict[str, set[int]] = {}
    for entry in known.values():
        if isinstance(entry["step"], int) and entry["process"]:
            steps.setdefault(str(entry["process"]), set()).add(entry["step"])
    return [
        f"{process}: {', '.join(map(str, missing))}"
        for process, there in sorted(steps.items())
        for missing in [sorted(set(range(1, max(there))) - there)]
        if missing
    ]


def check(pack: dict[str, bytes], key: str | None = None, published: list[str] | None = None) -> dict[str, object]:
    """Check a whole pack and say what is in it. Raise Fault with the first thing that is wrong."""
    try:
        known = anchors(pack, key, published)
        proven = entries(pack, batches(pack, known))
        shown = personal(pack, proven)
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        raise Fault(f"无法读取 cannot be read: {error!r}") from None
    if not proven:
        raise Fault("证据包没有条目 the pack has no entry")
    first = min(known)
    return {
        "log": known[first][0],
        "key": known[first][6],
        "entries": len(proven),
        "personal": shown,
        "anchors": sorted(known),
        "left_out": gaps(proven),
    }


def main(words: list[str]) -> int:
    """Check the pack that is named; return 0 when all fits."""
    options: dict[str, str | None] = {"--key": None, "--anchors": None}
    for option in options:
        if option in words[:-1]:
            place = words.index(option)
            options[option], words = words[place + 1], words[:place] + words[place + 2 :]
    if len(words) != 1:
        print(__doc__)
        return 2
    try:
        published = None
        if options["--anchors"]:
            with open(options["--anchors"], encoding="utf-8") as file:
                published = file.read().split()
        found = check(files(words[0]), options["--key"], published)
    except (Fault, OSError, zipfile.BadZipFile) as error:
        print(f"无效 NOT VALID: {error}")
        return 1
    for name, value in found.items():
        print(f"{name}: {value}")
    print("有效 VALID" if options["--key"] or published else "有效，但须核对公钥 VALID, if the key is the issuer's")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
