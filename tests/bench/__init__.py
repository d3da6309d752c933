"""How fast the program is: `make bench` drives it in a terminal beside reference programs.

Every number is taken from outside: what is typed, what appears, what the system counts.
"""
