"""HOUSEKEEPING: what operators look after while letters travel: figures, the queue as a whole, limits, who may do what."""
