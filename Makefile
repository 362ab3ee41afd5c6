# Fanzha 反诈. `make` lists the targets.
