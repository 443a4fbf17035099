"""`python -m sparkwright` is the command `sparkwright`."""

from sparkwright.cli import main

if __name__ == "__main__":
    main()
