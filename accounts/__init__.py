"""The people: who may come in, what they prefer, which roles they hold. Knows no mail."""
