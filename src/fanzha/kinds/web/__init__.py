"""Names of sites and hosts: public suffixes, international names, look-alike folding, addresses, links in texts."""
