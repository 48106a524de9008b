"""The mirror: look, plan, apply, checkpoint; and our Changes told to their server."""
