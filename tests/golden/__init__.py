"""Golden plans: ledgers that an older xlplan wrote, and what it said and sent out of them.

Each of the shipped examples was played through two cycles, with every kind of return, and kept as
`NAME.zip` (`make.py` wrote them). What the program answers from such a plan, and the text of every
workbook that it writes from it, is kept in `expected/NAME.xz`. These expectations are the
program's own words: they say nothing of what is right, only that a change of the code's shape has
changed none of it. What is right, the other tests say.

After a change of behaviour that is meant:  python -m tests.golden  shows what differs, and
python -m tests.golden --write  keeps it. The ledgers themselves are never written again.
"""
