"""Pages on paper and in files: each a plain function of values that the rules made."""
