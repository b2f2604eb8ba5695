"""The ledger: events in SQLite, originals by hash. Sole importer of sqlite3."""
