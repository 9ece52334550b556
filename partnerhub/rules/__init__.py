"""The office's rules in plain Python: values in, values out; no web, no database, no forms."""
