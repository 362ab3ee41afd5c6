"""A list of links in a folder, answered to a client without a socket, as the site answers it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from fanzha.command.link_list.served_list import NAME, ServedList, read_base64, read_prefix
from fanzha.store.link_list import LinkAction, LinkListStore, ListedLink, open_link_list
from fanzha.store.link_list_settings import LinkListSettings

SITE = "https://site.example/link-list"
NOW = 1_800_000_000.0


class ListServer:
    """Answers requests from the list of a folder; `asked` are their addresses. `is_down`: it answers nothing."""

    def __init__(self, store: LinkListStore, served: ServedList) -> None:
        self.store, self.is_down, self.asked = store, False, list[str]()
        self._served = served

    def list(self, *hosts: str, action: LinkAction = LinkAction.BLOCK) -> None:
        """List hosts."""
        links = {f"{host}/": ListedLink(f"{host}/", action, "phishing", 2**52) for host in hosts}
        self.store.update("made up", links, int(NOW * 1000))

    def withdraw(self, *hosts: str) -> None:
        """Withdraw hosts."""
        self.store.update("made up", {f"{host}/": None for host in hosts}, int(NOW * 1000))

    def fetch(self, address: str) -> bytes:
        """Return the body of an address. Raise OSError if the server is down."""
        self.asked.append(address)
        if self.is_down:
            raise OSError("no answer")
        url = urlsplit(address)
        query, settings = parse_qs(url.query), LinkListSettings()
        if url.path.endswith(f"/v5/hashList/{NAME}"):
            return self._served.list_answer(read_base64(query.get("version", [""])[0]), settings)
        prefixes = [read_prefix(text) for text in query["hashPrefixes"]]
        return self._served.search_answer(prefixes, settings, int(NOW * 1000))


@contextmanager
def list_server(folder: Path) -> Iterator[ListServer]:
    """Serve the list of a folder while the block runs."""
    with open_link_list(folder) as store:
        served = ServedList(folder)
        try:
            yield ListServer(store, served)
        finally:
            served.close()
