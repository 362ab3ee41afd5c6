"""The processes of one site: a supervisor that keeps the sockets, an owner that answers, a standby that follows it."""
