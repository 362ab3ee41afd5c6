"""The public list of links to warn of, for browsers and other clients, in the form of Safe Browsing v5."""
