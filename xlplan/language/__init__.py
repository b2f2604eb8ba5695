"""The language that a lead reads: see `xlplan.language.catalogue`."""
