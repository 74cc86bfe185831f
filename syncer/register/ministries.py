"""The ministries whose money counts, by the names that records have."""

EDUCATION = "DfE"
COMMUNITIES = frozenset(("MHCLG", "DLUHC", "DCLG"))
GOVERNMENT = "government"
"""The funder of what "ministers" or "the government" give, where no ministry is named."""
