"""`python -m streams` is `spm`."""

from streams.cli import main

if __name__ == "__main__":
    main()
