"""The folders for the exchange of signed files between two networks."""

from pathlib import Path

from fanzha.command.orders.models import Endpoint
from fanzha.store.private_files import create_private_folder, write_private_file
from fanzha.store.state_folder import state_folder


def get_folder(endpoint: Endpoint, name: str) -> Path:
    """Return `exchange/<endpoint>/<name>` of the state folder (out, in, taken or rejected); create it if missing."""
    return create_private_folder(state_folder() / "exchange" / endpoint.ref / name)


def write_outgoing(endpoint: Endpoint, name: str, body: bytes) -> None:
    """Write a file to the outgoing folder; overwrite an existing one."""
    write_private_file(get_folder(endpoint, "out") / name, body)


def count_outgoing(endpoint: Endpoint) -> int:
    """Return how many files wait in the outgoing folder."""
    return sum(1 for _ in get_folder(endpoint, "out").glob("*.zip"))


def list_incoming(endpoint: Endpoint) -> list[Path]:
    """Return the incoming files by name, without incomplete copies (`.…`, `….part`)."""
    return sorted(path for path in get_folder(endpoint, "in").glob("*.zip") if not path.name.startswith("."))


def archive(endpoint: Endpoint, path: Path, name: str) -> None:
    """Move an incoming file to the folder `name` ("taken" or "rejected"); number it if the file exists there."""
    target = get_folder(endpoint, name) / path.name
    number = 1
    while target.exists():
        number += 1
        target = target.with_name(f"{path.stem}-{number}{path.suffix}")
    path.rename(target)
