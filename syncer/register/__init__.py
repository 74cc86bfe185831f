"""Who and what exists? The councils and their names, the programmes of funding, the frameworks of
inspection: reference data, each fact once. Pure."""
