"""Keys of two made-up organisations and what is built with them; none of it is a secret of anybody."""

from fanzha.dispose import ChannelEndpoint, private_key, public_key, shared_secret

OURS, THEIRS, OLD = (shared_secret(bytes([place]) * 32) for place in (1, 2, 3))
PRIVATE = private_key(bytes(range(32)))
PUBLIC = public_key(PRIVATE)
ENDPOINT = ChannelEndpoint(
    "https://receiver.example/orders",
    signing_keys=(OURS,),
    verification_keys=(THEIRS,),
    sequence=7,
    before="ab" * 32,
    sender="orders@centre.example",
    sender_name="A made-up centre",
)
