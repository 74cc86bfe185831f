"""Migration 10: which observations need not be reconciled again."""

SQL = """
-- settled: reconciled with all that may be of one thing with it, it came out as it was before, and
-- nothing on which that rests has changed since. Always of all observations of a record.
ALTER TABLE observations ADD COLUMN settled INTEGER NOT NULL DEFAULT 0;
CREATE INDEX observations_unsettled ON observations (councils, record) WHERE settled = 0;
CREATE INDEX observations_unsettled_of_several ON observations (record)
    WHERE settled = 0 AND instr(councils, ',') > 0;
-- by which one that is settled is found for another (syncer/records/likeness.py)
CREATE TABLE likenesses (
    mark TEXT NOT NULL,
    observation INTEGER NOT NULL REFERENCES observations (id) ON DELETE CASCADE,
    PRIMARY KEY (mark, observation)
) STRICT, WITHOUT ROWID;
CREATE INDEX likenesses_by_observation ON likenesses (observation);

-- whatever writes: what is said, of which record
CREATE TRIGGER unsettled_by_observation AFTER UPDATE OF record_id, record, councils, fields,
    published, url, sha256, first_seen, unread, withdrawn ON observations
WHEN (OLD.record_id, OLD.record, OLD.councils, OLD.fields, OLD.published, OLD.url, OLD.sha256,
      OLD.first_seen, OLD.unread, OLD.withdrawn)
    IS NOT (NEW.record_id, NEW.record, NEW.councils, NEW.fields, NEW.published, NEW.url, NEW.sha256,
      NEW.first_seen, NEW.unread, NEW.withdrawn)
BEGIN
    UPDATE observations SET settled = 0
    WHERE settled = 1 AND (id = NEW.id OR record_id IN (OLD.record_id, NEW.record_id));
END;
CREATE TRIGGER unsettled_by_new_observation AFTER INSERT ON observations
WHEN NEW.record_id IS NOT NULL
BEGIN
    UPDATE observations SET settled = 0 WHERE settled = 1 AND record_id = NEW.record_id;
END;
CREATE TRIGGER unsettled_by_dropped_observation AFTER DELETE ON observations
WHEN OLD.record_id IS NOT NULL
BEGIN
    UPDATE observations SET settled = 0 WHERE settled = 1 AND record_id = OLD.record_id;
END;
-- whether its page lists it now
CREATE TRIGGER unsettled_by_entry AFTER UPDATE OF absent_days ON entries
WHEN (OLD.absent_days = '[]') <> (NEW.absent_days = '[]')
BEGIN
    UPDATE observations SET settled = 0 WHERE settled = 1 AND record_id IN (
        SELECT record_id FROM observations
        WHERE source = NEW.source AND page = NEW.page AND key = NEW.key);
END;
CREATE TRIGGER unsettled_by_new_entry AFTER INSERT ON entries WHEN NEW.absent_days <> '[]'
BEGIN
    UPDATE observations SET settled = 0 WHERE settled = 1 AND record_id IN (
        SELECT record_id FROM observations
        WHERE source = NEW.source AND page = NEW.page AND key = NEW.key);
END;
CREATE TRIGGER unsettled_by_dropped_entry AFTER DELETE ON entries WHEN OLD.absent_days <> '[]'
BEGIN
    UPDATE observations SET settled = 0 WHERE settled = 1 AND record_id IN (
        SELECT record_id FROM observations
        WHERE source = OLD.source AND page = OLD.page AND key = OLD.key);
END;
-- whether the source has taken its page back
CREATE TRIGGER unsettled_by_page AFTER UPDATE OF withdrawn ON pages
WHEN OLD.withdrawn <> NEW.withdrawn
BEGIN
    UPDATE observations SET settled = 0 WHERE settled = 1 AND record_id IN (
        SELECT record_id FROM observations WHERE source = NEW.source AND page = NEW.page);
END;
CREATE TRIGGER unsettled_by_new_page AFTER INSERT ON pages WHEN NEW.withdrawn <> 0
BEGIN
    UPDATE observations SET settled = 0 WHERE settled = 1 AND record_id IN (
        SELECT record_id FROM observations WHERE source = NEW.source AND page = NEW.page);
END;
CREATE TRIGGER unsettled_by_dropped_page AFTER DELETE ON pages WHEN OLD.withdrawn <> 0
BEGIN
    UPDATE observations SET settled = 0 WHERE settled = 1 AND record_id IN (
        SELECT record_id FROM observations WHERE source = OLD.source AND page = OLD.page);
END;
-- what is shown of a record, and what was decided about its changes
CREATE TRIGGER unsettled_by_record AFTER UPDATE OF record, councils, fields, chosen, published, url,
    source, first_seen, unread, withdrawn, held, merged_into ON records
BEGIN
    UPDATE observations SET settled = 0 WHERE settled = 1 AND record_id IN (OLD.id, NEW.id);
END;
CREATE TRIGGER unsettled_by_event AFTER UPDATE OF state, record_id ON events
WHEN OLD.state IN ('held', 'discarded') OR NEW.state IN ('held', 'discarded')
BEGIN
    UPDATE observations SET settled = 0
    WHERE settled = 1 AND record_id IN (OLD.record_id, NEW.record_id);
END;
CREATE TRIGGER unsettled_by_new_event AFTER INSERT ON events
WHEN NEW.state IN ('held', 'discarded')
BEGIN
    UPDATE observations SET settled = 0 WHERE settled = 1 AND record_id = NEW.record_id;
END;
"""
