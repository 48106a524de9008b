"""IMAP: a sans-I/O reader, a thin blocking client, the watcher's line.

octets -> lexer (cut) -> parser (tree) -> responses, fetched (events) : together the Reader, which touches no socket
arguments, items, commands (what may be said) -> link (socket, clock) -> conversation (answer or news) -> client
talk (sign-in, shared) -> line (one IDLE connection, non-blocking)
"""
