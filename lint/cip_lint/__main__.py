"""``python -m cip_lint``."""

from cip_lint.cli import main

if __name__ == "__main__":
    main()
