"""MIME, pure: bytes become a Letter and a letter becomes bytes. No Django, no sockets."""
