"""``make bench``: every figure is a ratio or a difference measured in one run."""

from benchmarks import session, startup

if __name__ == "__main__":
    startup.main()
    session.main()
