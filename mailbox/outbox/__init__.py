"""The message queue: post, claim, relay, settle."""
