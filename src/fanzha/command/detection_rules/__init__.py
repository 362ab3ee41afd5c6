"""The rules of the state folder on the site: their states, and promotion by two persons."""
