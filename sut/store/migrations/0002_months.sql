ALTER TABLE person ADD COLUMN months bigint NOT NULL DEFAULT 0;
UPDATE person SET months = (SELECT count(*) FROM contribution WHERE contribution.person = person.id AND kind = 'normal');
