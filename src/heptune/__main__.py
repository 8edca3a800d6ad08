"""`python -m heptune` is the command line."""

from heptune.cli.main import main

main()
