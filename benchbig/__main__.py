"""`python -m benchbig` is `benchbig`."""

from benchbig.cli import main

if __name__ == "__main__":
    main()
