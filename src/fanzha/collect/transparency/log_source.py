"""Where entries of a log come from: the queries of RFC 6962, or the files of static-ct-api."""

import base64
import binascii
from collections import OrderedDict
from typing import Protocol, TypeVar
from urllib.parse import quote

import msgspec

from fanzha.base.outgoing_request import RequestFailed
from fanzha.collect.http_client import HttpClient, NotFound
from fanzha.collect.transparency.log_entry import TileMalformed, split_tile
from fanzha.collect.transparency.merkle import (
    HASH_BYTES,
    MAX_PROOF,
    ProofInvalid,
    consistency_proof,
    hash_node,
    inclusion_path,
)
from fanzha.collect.transparency.tree_head import LogKey, TreeHead, read_checkpoint, read_signed_head

#: Entries of one data tile, and the most that are asked for in one request.
TILE = 256
_HEAD_BYTES, _PROOF_BYTES = 65_536, 65_536
_ENTRIES_BYTES, _TILE_BYTES = 64 << 20, 32 << 20
_TILES_IN_MEMORY = 64
T = TypeVar("T")


class EntriesWithheld(RequestFailed):
    """The log answers, but does not give out entries that its tree head contains."""


class LogSource(Protocol):
    """Reads a log over HTTP; every method may raise RequestFailed. Nothing that it returns is proven, but the head."""

    def fetch_head(self) -> TreeHead:
        """Return the present tree head. Raise HeadInvalid if it is not signed with the key of the log."""

    def fetch_leaves(self, first: int, end: int, size: int) -> list[bytes]:
        """Return leaves from `first` on, at least one and at most up to `end`, of a tree of `size` entries."""

    def fetch_inclusion_path(self, index: int, leaf_hash: bytes, size: int) -> list[bytes]:
        """Return the path from an entry to the root of a tree of `size` entries."""

    def fetch_consistency_proof(self, old: int, size: int) -> list[bytes]:
        """Return the proof that the tree of `size` entries contains that of `old`."""

    def unit_end(self, index: int, size: int) -> int:
        """Return where the smallest piece ends that can be read and has this entry."""

    def close(self) -> None:
        """Close the connection."""


class _Entry(msgspec.Struct):
    leaf_input: str


class _Entries(msgspec.Struct):
    entries: list[_Entry]


class _InclusionProof(msgspec.Struct):
    leaf_index: int
    audit_path: list[str]


class _ConsistencyProof(msgspec.Struct):
    consistency: list[str]


class QueryLogSource:
    """A log that answers the queries of RFC 6962, 4."""

    def __init__(self, client: HttpClient, key: LogKey) -> None:
        self._client, self._key = client, key

    def fetch_head(self) -> TreeHead:
        """Ask `get-sth`."""
        return read_signed_head(self._client.get("/ct/v1/get-sth", _HEAD_BYTES), self._key)

    def fetch_leaves(self, first: int, end: int, size: int) -> list[bytes]:
        """Ask `get-entries`; logs may answer with fewer entries."""
        try:
            body = self._client.get(f"/ct/v1/get-entries?start={first}&end={end - 1}", _ENTRIES_BYTES)
        except NotFound as error:
            raise EntriesWithheld(str(error)) from None
        entries = _decode(body, _Entries).entries[: end - first]
        if not entries:
            raise EntriesWithheld("the answer has no entries")
        return [_from_base64(entry.leaf_input) for entry in entries]

    def fetch_inclusion_path(self, index: int, leaf_hash: bytes, size: int) -> list[bytes]:
        """Ask `get-proof-by-hash`."""
        named = quote(base64.b64encode(leaf_hash).decode(), safe="")
        try:
            body = self._client.get(f"/ct/v1/get-proof-by-hash?hash={named}&tree_size={size}", _PROOF_BYTES)
        except NotFound:
            raise ProofInvalid("the log does not know an entry that it gave out") from None
        proof = _decode(body, _InclusionProof)
        if proof.leaf_index != index:
            raise ProofInvalid(f"the log proves entry {proof.leaf_index} in place of {index}")
        return _hashes(proof.audit_path)

    def fetch_consistency_proof(self, old: int, size: int) -> list[bytes]:
        """Ask `get-sth-consistency`."""
        if old in (0, size):
            return []
        body = self._client.get(f"/ct/v1/get-sth-consistency?first={old}&second={size}", _PROOF_BYTES)
        return _hashes(_decode(body, _ConsistencyProof).consistency)

    def unit_end(self, index: int, size: int) -> int:
        """Return the next entry."""
        return index + 1

    def close(self) -> None:
        """Close the connection."""
        self._client.close()


class TileLogSource:
    """A log that publishes files: a checkpoint, tiles of hashes and tiles of entries (c2sp.org/static-ct-api)."""

    def __init__(self, client: HttpClient, key: LogKey, origin: str) -> None:
        self._client, self._key, self._origin = client, key, origin
        self._tiles: OrderedDict[tuple[int, int, int], bytes] = OrderedDict()

    def fetch_head(self) -> TreeHead:
        """Read the checkpoint."""
        return read_checkpoint(self._client.get("/checkpoint", _HEAD_BYTES), self._key, self._origin)

    def fetch_leaves(self, first: int, end: int, size: int) -> list[bytes]:
        """Read the data tile that has `first`."""
        number, offset = divmod(first, TILE)
        try:
            tile = self._fetch_tile("data", number, min(TILE, size - number * TILE), _TILE_BYTES)
        except NotFound as error:
            raise EntriesWithheld(str(error)) from None
        try:
            leaves = split_tile(tile)[offset : end - number * TILE]
        except TileMalformed as error:
            raise EntriesWithheld(f"the data tile is malformed: {error}") from None
        if not leaves:
            raise EntriesWithheld("the data tile is too short")
        return leaves

    def fetch_inclusion_path(self, index: int, leaf_hash: bytes, size: int) -> list[bytes]:
        """Compute the path from tiles."""
        return inclusion_path(index, size, lambda level, number: self._node(level, number, size))

    def fetch_consistency_proof(self, old: int, size: int) -> list[bytes]:
        """Compute the proof from tiles."""
        return consistency_proof(old, size, lambda level, number: self._node(level, number, size))

    def unit_end(self, index: int, size: int) -> int:
        """Return the end of the data tile."""
        return min((index // TILE + 1) * TILE, size)

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _node(self, level: int, index: int, size: int) -> bytes:
        """Return the hash of a perfect subtree; the caller checks that it leads to the root."""
        tile_level, height = divmod(level, 8)
        first = index << height
        number, offset = divmod(first, TILE)
        hashes = self._hash_tile(tile_level, number, min(TILE, (size >> 8 * tile_level) - number * TILE))
        nodes = [hashes[at * HASH_BYTES : (at + 1) * HASH_BYTES] for at in range(offset, offset + (1 << height))]
        while len(nodes) > 1:
            nodes = [hash_node(left, right) for left, right in zip(nodes[::2], nodes[1::2], strict=True)]
        return nodes[0]

    def _hash_tile(self, level: int, number: int, width: int) -> bytes:
        key = (level, number, width)
        if (tile := self._tiles.get(key)) is None:
            try:
                tile = self._fetch_tile(str(level), number, width, TILE * HASH_BYTES)
            except NotFound as error:
                raise RequestFailed(f"tile {level}/{number}: {error}") from None
            if len(tile) < width * HASH_BYTES:
                raise RequestFailed(f"tile {level}/{number} is too short")
            self._tiles[key] = tile
            while len(self._tiles) > _TILES_IN_MEMORY:
                self._tiles.popitem(last=False)
        return tile

    def forget_tiles(self) -> None:
        """Drop tiles in memory: one of them may be wrong."""
        self._tiles.clear()

    def _fetch_tile(self, level: str, number: int, width: int, max_bytes: int) -> bytes:
        """Read a tile; of a partial one the full tile will do, since logs may delete what became full."""
        path = f"/tile/{level}/{tile_path(number)}"
        if width == TILE:
            return self._client.get(path, max_bytes)
        try:
            return self._client.get(f"{path}.p/{width}", max_bytes)
        except NotFound:
            return self._client.get(path, max_bytes)


def tile_path(number: int) -> str:
    """Return the path of a tile: 1234067 is x001/x234/067."""
    digits = f"{number:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    *groups, last = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    return "/".join([*(f"x{group}" for group in groups), last])


def _decode(body: bytes, shape: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=shape)
    except msgspec.DecodeError as error:
        raise RequestFailed(f"the answer is malformed: {error}") from None


def _hashes(texts: list[str]) -> list[bytes]:
    hashes = [_from_base64(text) for text in texts[: MAX_PROOF + 1]]
    if len(hashes) > MAX_PROOF or any(len(hash) != HASH_BYTES for hash in hashes):
        raise ProofInvalid("the proof does not consist of hashes")
    return hashes


def _from_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise RequestFailed("the answer is not base64") from None
