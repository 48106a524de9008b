"""A letter that has just come is read: all that its rows need, as plain data, by code that knows no table and no socket.

It may be done here or in a process of its own (`apart`), so whatever goes in and comes out can be pickled.
"""
