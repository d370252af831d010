"""Nornir's ``hosts.yaml``."""

from typing import Final

from netintegrity import strict_yaml
from netintegrity.inventory._entries import named_entries
from netintegrity.inventory._spec import Source

SOURCE: Final = Source(
    id="nornir-yaml",
    title="Nornir's hosts in YAML (*.yaml, *.yml)",
    sniff=lambda name, _: name.lower().endswith((".yaml", ".yml")),
    read=named_entries,
    groups_are_declared=True,
    most_bytes=strict_yaml.MAX_BYTES,
)
