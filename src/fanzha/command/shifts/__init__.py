"""Who works on what: assignments of processes, the board, the hand-over at shift change, and the digest by mail."""
