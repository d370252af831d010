"""What every run found, kept in SQL: rows in a hash chain, and what was seen, by its digest."""
