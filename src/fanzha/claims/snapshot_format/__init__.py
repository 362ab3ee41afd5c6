"""The snapshot format: file sections, hash tables over integers, and profiles, in memory."""
