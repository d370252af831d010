"""Load runs and peers side by side; never run by the tests."""
