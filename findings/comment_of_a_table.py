"""tomlkit: a comment above a table of an array belongs to the table before it, and goes with it."""

import tomlkit

document = tomlkit.parse("""\
[[lead]]
name = "Head of Repairs"

# Ask her deputy in August.
[[lead]]
name = "Head of Lettings"
""")
leads = document["lead"]
assert isinstance(leads, list)
del leads[0]
text = tomlkit.dumps(document)
print(text)
assert "Head of Lettings" in text
assert "Ask her deputy" not in text
