"""Running processes: the pure engine of `fanzha.processes` on a database, with timers, an outbox, pages and routes."""
