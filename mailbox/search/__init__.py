"""Bob looks for a letter that came long ago: from what he typed to the rows that have it."""
