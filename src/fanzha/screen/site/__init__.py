"""The processes of one site: a supervisor holds the sockets, an owner answers, a standby replicates the owner."""
