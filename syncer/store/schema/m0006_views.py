"""Migration 6: the public views: what was read, with plain names and a column for each value.

They are documented in docs/data.md, and `syncer.store.public` says what each column holds. Nobody's
name or address is in any of them.
"""

SQL = """
-- the register, as it was when it was last written here: views give a council its name by it
CREATE TABLE councils (
    council TEXT PRIMARY KEY, name TEXT NOT NULL, official_name TEXT NOT NULL, gss TEXT NOT NULL,
    region TEXT NOT NULL, type TEXT NOT NULL, opened TEXT, closed TEXT, dfe_code TEXT NOT NULL,
    trust TEXT NOT NULL
) STRICT;

-- what an inspection by a framework does not judge by itself (syncer/register/frameworks.py)
CREATE TABLE framework_absences (
    framework TEXT NOT NULL, area TEXT NOT NULL, absence TEXT NOT NULL,
    PRIMARY KEY (framework, area)
) STRICT;
INSERT INTO framework_absences VALUES
    ('ilacs', 'care_leavers', 'judged_together'),
    ('ilacs', 'adoption', 'no_longer_judged'),
    ('ilacs_2023', 'adoption', 'no_longer_judged'),
    ('ilacs_2026', 'adoption', 'no_longer_judged'),
    ('ilacs_2026', 'overall_effectiveness', 'no_longer_judged');

-- the records that are shown: not held, not taken back, not merged into another
CREATE VIEW shown_records AS
SELECT r.*,
    CASE json_array_length(r.councils) WHEN 1 THEN json_extract(r.councils, '$[0]') END AS council,
    json_extract(r.fields, '$.first_day') AS first_day,
    json_extract(r.fields, '$.last_day') AS last_day,
    json_extract(r.fields, '$.report_url') AS report_url
FROM records r
WHERE r.merged_into IS NULL AND r.held = 0 AND r.withdrawn = 0;

CREATE VIEW inspections AS
SELECT s.id, s.council, coalesce(c.name, s.council) AS council_name, c.gss, c.region,
    json_extract(s.fields, '$.framework') AS framework, s.first_day, s.last_day, s.published,
    json_extract(s.fields, '$.overall_effectiveness') AS overall_effectiveness,
    json_extract(s.fields, '$.leadership') AS leadership,
    json_extract(s.fields, '$.help_and_protection') AS help_and_protection,
    json_extract(s.fields, '$.children_in_care') AS children_in_care,
    json_extract(s.fields, '$.care_leavers') AS care_leavers,
    json_extract(s.fields, '$.adoption') AS adoption,
    json_extract(s.fields, '$.length') AS length, s.unread, s.report_url, s.url, s.source
FROM shown_records s LEFT JOIN councils c ON c.council = s.council
WHERE s.record = 'inspection';

CREATE VIEW judgements AS
SELECT s.id AS inspection_id, s.council, coalesce(c.name, s.council) AS council_name, c.gss,
    c.region, j.key AS area, j.value AS grade, json_extract(s.fields, '$.framework') AS framework,
    s.first_day, s.last_day, s.published, s.report_url, s.url
FROM shown_records s JOIN json_each(s.fields) j LEFT JOIN councils c ON c.council = s.council
WHERE s.record = 'inspection' AND j.key IN ('overall_effectiveness', 'leadership',
    'help_and_protection', 'children_in_care', 'care_leavers', 'adoption');

-- how each council stands in each area by its latest inspection, as `syncer ratings` has it
-- (syncer/records/standing.py); open councils only, by the day on which something was last read
CREATE VIEW ratings AS
WITH areas (area) AS (VALUES ('overall_effectiveness'), ('leadership'), ('help_and_protection'),
    ('children_in_care'), ('care_leavers'), ('adoption')),
inspected AS (
    SELECT *, coalesce(first_day, published) AS day, row_number() OVER (PARTITION BY council
        ORDER BY coalesce(first_day, published, '') DESC, coalesce(published, '') DESC, id DESC
        ) AS place
    FROM shown_records WHERE record = 'inspection' AND council IS NOT NULL),
answers AS (                        -- the last inspection that says, or may say, something of it
    SELECT i.council, a.area, min(i.place) AS place FROM inspected i JOIN areas a
    WHERE i.unread OR json_extract(i.fields, '$.' || a.area) IS NOT NULL
    GROUP BY i.council, a.area),
today AS (SELECT coalesce(substr(max(last_good), 1, 10), date('now')) AS day FROM pages),
known AS (                          -- councils of which a page that lists inspections was read
    SELECT DISTINCT council FROM pages WHERE first_good IS NOT NULL AND source IN (
        SELECT source FROM observations WHERE record IN ('inspection', 'visit'))),
slugs AS (SELECT council FROM councils UNION SELECT council FROM inspected),
graded AS (
    SELECT g.council, a.area, CASE
        WHEN latest.id IS NULL THEN CASE
            WHEN EXISTS (SELECT 1 FROM known k WHERE k.council IN (g.council, ''))
                OR (today.day < date(c.opened, '+180 days')) THEN 'never_judged'
            ELSE 'unknown' END
        WHEN latest.unread THEN 'unknown'
        WHEN absent.absence = 'judged_together' THEN 'judged_together'
        WHEN answer.place IS NULL AND c.opened >= '2013-11-01' THEN 'never_judged'
        WHEN answer.place IS NULL AND begun.first_day < '2018-04-01' THEN 'never_judged'
        WHEN answer.place IS NULL THEN 'unknown'
        WHEN absent.absence IS NOT NULL THEN absent.absence
        WHEN telling.unread THEN 'unknown'
        ELSE json_extract(telling.fields, '$.' || a.area) END AS grade,
        CASE WHEN latest.unread OR absent.absence IS NOT NULL OR telling.id IS NULL
            THEN latest.id ELSE telling.id END AS inspection_id
    FROM slugs g JOIN areas a JOIN today
    LEFT JOIN councils c ON c.council = g.council
    LEFT JOIN (SELECT council, min(day) AS first_day FROM inspected GROUP BY council) begun
        ON begun.council = g.council
    LEFT JOIN inspected latest ON latest.council = g.council AND latest.place = 1
    LEFT JOIN framework_absences absent
        ON absent.framework = json_extract(latest.fields, '$.framework') AND absent.area = a.area
    LEFT JOIN answers answer ON answer.council = g.council AND answer.area = a.area
    LEFT JOIN inspected telling ON telling.council = g.council AND telling.place = answer.place
    WHERE (c.opened IS NULL OR c.opened <= today.day)
        AND (c.closed IS NULL OR c.closed > today.day))
SELECT g.council, coalesce(c.name, g.council) AS council_name, c.gss, c.region, g.area, g.grade,
    g.inspection_id, i.day AS first_day, i.published, i.report_url, i.url
FROM graded g LEFT JOIN councils c ON c.council = g.council
LEFT JOIN inspected i ON i.id = g.inspection_id;

CREATE VIEW improvements AS
WITH lists (list, place) AS (VALUES ('improve', 1), ('immediate_actions', 2),
    ('areas_for_improvement', 3), ('recommendations', 4))
SELECT s.id AS inspection_id, row_number() OVER (PARTITION BY s.id ORDER BY l.place, e.key)
    AS number, s.council, coalesce(c.name, s.council) AS council_name, c.gss, c.region, s.first_day,
    s.published, json_extract(s.fields, '$.overall_effectiveness') AS overall_effectiveness, l.list,
    e.value AS text, s.report_url, s.url
FROM shown_records s JOIN lists l JOIN json_each(s.fields, '$.' || l.list) e
LEFT JOIN councils c ON c.council = s.council
WHERE s.record = 'inspection';

CREATE VIEW visits AS
SELECT s.id, s.council, coalesce(c.name, s.council) AS council_name, c.gss, c.region,
    json_extract(s.fields, '$.kind') AS kind, s.first_day, s.last_day, s.published,
    json_extract(s.fields, '$.theme') AS theme,
    json_extract(s.fields, '$.send_outcome') AS send_outcome,
    json_extract(s.fields, '$.priority_actions') AS priority_actions,
    s.unread, s.report_url, s.url, s.source
FROM shown_records s LEFT JOIN councils c ON c.council = s.council
WHERE s.record = 'visit';

-- a sum for several councils is one row without `council`: nobody says which part is whose
CREATE VIEW awards AS
SELECT s.id, s.council, coalesce(c.name, s.council) AS council_name, c.gss, c.region, s.councils,
    s.council IS NULL AS joint, coalesce(json_extract(s.fields, '$.kind'), 'award') AS kind,
    json_extract(s.fields, '$.programme') AS programme,
    json_extract(s.fields, '$.funder') AS funder,
    CAST(json_extract(s.fields, '$.amount') AS INTEGER) AS amount,
    json_extract(s.fields, '$.qualifier') AS qualifier,
    json_extract(s.fields, '$.amount_text') AS amount_text,
    json_extract(s.fields, '$.period') AS period,
    coalesce(json_extract(s.fields, '$.announced'), s.published) AS announced,
    json_extract(s.fields, '$.determination') AS determination,
    json_extract(s.fields, '$.capital') AS capital,
    json_extract(s.fields, '$.ring_fenced') AS ring_fenced,
    json_extract(s.fields, '$.status') AS status,
    json_extract(s.fields, '$.what') AS what, s.published, s.url, s.source
FROM shown_records s LEFT JOIN councils c ON c.council = s.council
WHERE s.record = 'award';

CREATE VIEW payments AS
SELECT s.id, s.council, coalesce(c.name, s.council) AS council_name, c.gss, c.region,
    json_extract(s.fields, '$.paid') AS paid,
    CAST(json_extract(s.fields, '$.amount') AS INTEGER) AS amount,
    json_extract(s.fields, '$.area') AS area,
    json_extract(s.fields, '$.description') AS description,
    json_extract(s.fields, '$.transaction') AS transaction_number,
    json_extract(s.fields, '$.funder') AS funder,
    s.published, s.url, s.source
FROM shown_records s LEFT JOIN councils c ON c.council = s.council
WHERE s.record = 'payment';

CREATE VIEW interventions AS
SELECT s.id, rc.council, coalesce(c.name, rc.council) AS council_name, c.gss, c.region,
    json_extract(s.fields, '$.what') AS what, json_extract(s.fields, '$.service') AS service,
    json_extract(s.fields, '$.state') AS state,
    coalesce(CASE
        WHEN json_extract(s.fields, '$.state') IN
            ('lifted', 'ended', 'closed', 'withdrawn', 'revoked')
            THEN json_extract(s.fields, '$.lifted')
        WHEN json_extract(s.fields, '$.state') = 'revised' THEN json_extract(s.fields, '$.revised')
        ELSE json_extract(s.fields, '$.issued') END,
        json_extract(s.fields, '$.issued'), s.published) AS since,
    coalesce(json_extract(s.fields, '$.state'), '') NOT IN
        ('lifted', 'ended', 'closed', 'withdrawn', 'revoked', 'replaced') AS in_force,
    json_extract(s.fields, '$.issued') AS issued, json_extract(s.fields, '$.revised') AS revised,
    json_extract(s.fields, '$.lifted') AS lifted, json_extract(s.fields, '$.title') AS title,
    json_extract(s.fields, '$.funder') AS funder, s.published, s.url, s.source
FROM shown_records s JOIN record_councils rc ON rc.record_id = s.id
LEFT JOIN councils c ON c.council = rc.council
WHERE s.record = 'intervention';

-- what was told or may be told: nothing that is held, silent or was thrown away
CREATE VIEW changes AS
SELECT e.id, ec.council, coalesce(c.name, ec.council) AS council_name, c.gss, c.region, e.record,
    e.kind, nullif(e.change, '') AS change, nullif(e.area, '') AS area, nullif(e.old, '') AS old,
    nullif(e.new, '') AS new, e.effective, e.published, e.noticed_at,
    json_extract(e.detail, '$.title') AS title, json_extract(e.detail, '$.programme') AS programme,
    coalesce(json_extract(e.detail, '$.inspection.report_url'),
        json_extract(e.detail, '$.report_url')) AS report_url,
    CASE WHEN e.record IN ('inspection', 'visit') THEN e.record_id END AS inspection_id,
    e.record_id, (SELECT count(*) FROM event_councils j WHERE j.event = e.id) > 1 AS joint,
    e.url, e.source
FROM events e JOIN event_councils ec ON ec.event = e.id
LEFT JOIN councils c ON c.council = ec.council
WHERE e.state = 'open';
"""
