"""Reading: one function per question asked of the database; nothing here writes."""
