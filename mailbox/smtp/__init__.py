"""The SMTP client: a letter on its way to the next server. No Django in here; only client.py touches a socket."""
