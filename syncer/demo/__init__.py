"""The demonstration: a small sample of the sites, made from published facts and served on this
machine."""
