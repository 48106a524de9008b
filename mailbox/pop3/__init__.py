"""Letters leave a maildrop: POP3 (RFC 1939), its capabilities (RFC 2449), its response codes (RFC 3206), its TLS (RFC 2595).

limits      how much a server may say, and how long it may take
reader      octets in, replies and pieces of letters out; no socket
errors      what a refusal means for the caller
line        the socket under it, and the clock
client      signs in, lists, fetches, deletes
"""
