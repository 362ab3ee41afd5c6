"""Exchange of intelligence with other organisations: collections served by TAXII 2.1, and feeds that come in."""
