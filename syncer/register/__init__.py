"""Who and what exists? The councils and their names, the programmes of funding: reference data,
each fact once. Pure."""
