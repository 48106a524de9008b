"""The mail: from a click to a wire and back."""
