"""``python -m augkit`` is the command ``augkit``."""

from augkit.cli.app import main

if __name__ == "__main__":
    main()
