"""The SMTP client: a sans-I/O dialogue, a thin blocking client, the verdicts."""
