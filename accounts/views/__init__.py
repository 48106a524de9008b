"""The pages of the people: the gate, their settings, and what programs look for at well-known places."""
