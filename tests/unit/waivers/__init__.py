"""Excusing a finding for a while."""
