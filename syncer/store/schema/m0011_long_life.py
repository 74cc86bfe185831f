"""Migration 11: a day costs after a hundred years what it costs after one, also of what is written
and of how the sources were read."""

SQL = """
-- which inspections tell how a council stands: the last one and, of each area, the last that judges
-- it or was not read and may (syncer/store/shown.py)
DROP INDEX inspections_shown;
CREATE INDEX inspections_shown ON records (
    json_extract(councils, '$[0]'),
    coalesce(json_extract(fields, '$.first_day'), published, ''), coalesce(published, '')
) WHERE record = 'inspection' AND merged_into IS NULL AND held = 0 AND withdrawn = 0;
CREATE INDEX inspections_of_overall_effectiveness ON records (
    json_extract(councils, '$[0]'),
    coalesce(json_extract(fields, '$.first_day'), published, ''), coalesce(published, '')
) WHERE record = 'inspection' AND merged_into IS NULL AND held = 0 AND withdrawn = 0
    AND (unread = 1 OR json_extract(fields, '$.overall_effectiveness') IS NOT NULL);
CREATE INDEX inspections_of_leadership ON records (
    json_extract(councils, '$[0]'),
    coalesce(json_extract(fields, '$.first_day'), published, ''), coalesce(published, '')
) WHERE record = 'inspection' AND merged_into IS NULL AND held = 0 AND withdrawn = 0
    AND (unread = 1 OR json_extract(fields, '$.leadership') IS NOT NULL);
CREATE INDEX inspections_of_help_and_protection ON records (
    json_extract(councils, '$[0]'),
    coalesce(json_extract(fields, '$.first_day'), published, ''), coalesce(published, '')
) WHERE record = 'inspection' AND merged_into IS NULL AND held = 0 AND withdrawn = 0
    AND (unread = 1 OR json_extract(fields, '$.help_and_protection') IS NOT NULL);
CREATE INDEX inspections_of_children_in_care ON records (
    json_extract(councils, '$[0]'),
    coalesce(json_extract(fields, '$.first_day'), published, ''), coalesce(published, '')
) WHERE record = 'inspection' AND merged_into IS NULL AND held = 0 AND withdrawn = 0
    AND (unread = 1 OR json_extract(fields, '$.children_in_care') IS NOT NULL);
CREATE INDEX inspections_of_care_leavers ON records (
    json_extract(councils, '$[0]'),
    coalesce(json_extract(fields, '$.first_day'), published, ''), coalesce(published, '')
) WHERE record = 'inspection' AND merged_into IS NULL AND held = 0 AND withdrawn = 0
    AND (unread = 1 OR json_extract(fields, '$.care_leavers') IS NOT NULL);
CREATE INDEX inspections_of_adoption ON records (
    json_extract(councils, '$[0]'),
    coalesce(json_extract(fields, '$.first_day'), published, ''), coalesce(published, '')
) WHERE record = 'inspection' AND merged_into IS NULL AND held = 0 AND withdrawn = 0
    AND (unread = 1 OR json_extract(fields, '$.adoption') IS NOT NULL);

-- the same finding is looked for among what is held or was discarded, what was said of a council
-- among all but payments: in an index of all, each line of a file is written to a place of its own
DROP INDEX events_by_fingerprint;
CREATE INDEX events_decided_by_fingerprint ON events (fingerprint)
    WHERE state IN ('held', 'discarded');
DROP INDEX observations_by_councils;
CREATE INDEX observations_by_councils ON observations (councils, record)
    WHERE record <> 'payment';

-- how each source was read last, and which runs there were on a day
CREATE INDEX runs_in_order ON runs (source);
CREATE INDEX runs_complete ON runs (source, started) WHERE complete = 1;
CREATE INDEX runs_by_day ON runs (started);
-- since when a source is read; the pages of a council
CREATE INDEX pages_by_first_good ON pages (source, first_good);
CREATE INDEX pages_by_council ON pages (source, council);
-- what the operator is to be told of
CREATE INDEX problems_untold ON problems (id) WHERE told_at IS NULL AND ended_at IS NULL;
CREATE INDEX problems_end_untold ON problems (id)
    WHERE told_at IS NOT NULL AND ended_at IS NOT NULL AND end_told_at IS NULL;
"""
