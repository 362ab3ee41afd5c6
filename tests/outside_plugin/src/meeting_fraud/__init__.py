"""Online meetings that are used to watch a victim's screen: a kind and a detector from outside."""
