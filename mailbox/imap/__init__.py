"""IMAP: a sans-I/O reader, a thin blocking client, the watcher's line."""
