"""Starts what the tests talk to, before Django reads its settings. Loaded as a pytest plugin (see pyproject.toml)."""
