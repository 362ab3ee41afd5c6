"""`python -m fanzha` is the command line."""

from fanzha.cli import main

main()
