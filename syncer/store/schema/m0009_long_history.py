"""Migration 9: what is asked for every message and every page costs the same after a hundred
years."""

SQL = """
-- the records of one kind by their day; what one council alone was awarded, by the whole text
CREATE INDEX records_by_day ON records (record, published);
CREATE INDEX awards_by_councils ON records (councils) WHERE record = 'award';
-- whose inspections, when, and what each judges: how a council stands, without reading the reports
CREATE INDEX inspections_shown ON records (
    json_extract(councils, '$[0]'), json_extract(fields, '$.first_day'), published, unread,
    json_extract(fields, '$.overall_effectiveness'), json_extract(fields, '$.leadership'),
    json_extract(fields, '$.help_and_protection'), json_extract(fields, '$.children_in_care'),
    json_extract(fields, '$.care_leavers'), json_extract(fields, '$.adoption')
) WHERE record = 'inspection' AND merged_into IS NULL AND held = 0 AND withdrawn = 0;
-- which sources tell of which kinds of record
CREATE INDEX observations_by_source ON observations (source, record);
"""
