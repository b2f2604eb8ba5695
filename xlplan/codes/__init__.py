"""Every message once: its code, what it means, what to do, its text and its level.

A module imports the codes that it raises from their family and fills their places::

    from xlplan.codes.folder_codes import VER_002

    VER_002.problem(path.name, event=7)

How to add a message, and what a text may hold, is in the `README.md` beside this.
"""
