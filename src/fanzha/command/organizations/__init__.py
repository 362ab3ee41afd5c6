"""Organisations, people, roles and access rights. Every query is scoped by `fanzha.command.web.scoping`."""
