CREATE TABLE IF NOT EXISTS txn (
  seq   INTEGER PRIMARY KEY,
  hash  BLOB    NOT NULL,
  event TEXT    NOT NULL,
  ref   TEXT    NOT NULL,
  at    INTEGER NOT NULL, -- ms since 1970 UTC
  UNIQUE (event, ref)
) STRICT;

CREATE TABLE IF NOT EXISTS entry (
  txn     INTEGER NOT NULL,
  n       INTEGER NOT NULL,
  account TEXT    NOT NULL,
  amount  INTEGER NOT NULL, -- fen, debit positive
  PRIMARY KEY (txn, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS balance (
  account TEXT    PRIMARY KEY,
  amount  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS claim (
  hospital   TEXT    NOT NULL,
  visit      TEXT    NOT NULL,
  person     INTEGER NOT NULL,
  year       INTEGER NOT NULL,
  date       TEXT    NOT NULL,
  tier       INTEGER NOT NULL,
  deductible INTEGER NOT NULL,
  fund       INTEGER NOT NULL,
  account    INTEGER NOT NULL,
  cash       INTEGER NOT NULL,
  pack       TEXT    NOT NULL,
  txn        INTEGER NOT NULL,
  PRIMARY KEY (hospital, visit)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS claim_person_year ON claim (person, year, deductible, fund);

CREATE TABLE IF NOT EXISTS payment (
  bank     TEXT    NOT NULL,
  bank_txn TEXT    NOT NULL,
  employer TEXT    NOT NULL,
  month    INTEGER NOT NULL,
  amount   INTEGER NOT NULL,
  status   TEXT    NOT NULL,
  txn      INTEGER NOT NULL,
  PRIMARY KEY (bank, bank_txn)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS contribution (
  person   INTEGER NOT NULL,
  month    INTEGER NOT NULL,
  base     INTEGER NOT NULL,
  employer INTEGER NOT NULL,
  employee INTEGER NOT NULL,
  txn      INTEGER NOT NULL,
  PRIMARY KEY (person, month)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS answer (
  key         TEXT    PRIMARY KEY,
  fingerprint BLOB    NOT NULL,
  status      INTEGER NOT NULL,
  body        BLOB    NOT NULL,
  txn         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
