"""The folders in which signed files are handed over, for whoever carries them between two networks."""

from pathlib import Path

from fanzha.command.orders.models import Endpoint
from fanzha.store.private_files import create_private_folder, write_private_file
from fanzha.store.state_folder import state_folder


def get_folder(endpoint: Endpoint, name: str) -> Path:
    """Return `exchange/<endpoint>/<name>` of the state folder: out, in, taken or rejected. It is made if need be."""
    return create_private_folder(state_folder() / "exchange" / endpoint.ref / name)


def write_outgoing(endpoint: Endpoint, name: str, body: bytes) -> None:
    """Put a file out; one that is there already, whole, is put there again."""
    write_private_file(get_folder(endpoint, "out") / name, body)


def count_outgoing(endpoint: Endpoint) -> int:
    """Return how many files wait to be carried away."""
    return sum(1 for _ in get_folder(endpoint, "out").glob("*.zip"))


def list_incoming(endpoint: Endpoint) -> list[Path]:
    """Return the files that came, by name; what somebody is still copying (`.…`, `….part`) is not among them."""
    return sorted(path for path in get_folder(endpoint, "in").glob("*.zip") if not path.name.startswith("."))


def archive(endpoint: Endpoint, path: Path, name: str) -> None:
    """Move a file that came to `taken` or `rejected`, beside those of the same name."""
    place = get_folder(endpoint, name) / path.name
    number = 1
    while place.exists():
        number += 1
        place = place.with_name(f"{path.stem}-{number}{path.suffix}")
    path.rename(place)
