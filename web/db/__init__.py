"""The database: one engine, migrations. SQLite in WAL with synchronous=FULL, or Postgres."""
