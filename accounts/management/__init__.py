"""Commands of the operators who let people in."""
