"""How long each table keeps its rows, the job that deletes them, and requests of persons about their data."""
