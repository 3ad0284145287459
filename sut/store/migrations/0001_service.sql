-- One text for both databases: package migrate puts SQLite's types in the place of PostgreSQL's.

CREATE TABLE head (
  kind text   NOT NULL, -- txn or audit
  lane bigint NOT NULL,
  seq  bigint NOT NULL,
  hash bytea  NOT NULL,
  PRIMARY KEY (kind, lane)
) /* by key */;

CREATE TABLE txn (
  seq      bigint PRIMARY KEY,
  hash     bytea  NOT NULL,
  event    text   NOT NULL,
  ref      text   NOT NULL,
  reverses text   NOT NULL,
  at       bigint NOT NULL, -- ms since 1970 UTC
  entries  text   NOT NULL, -- one a line, account and fen; in one column, for rows are what a durable posting costs
  UNIQUE (event, ref)
) /* by number */;

CREATE TABLE balance (
  account text   NOT NULL,
  stripe  bigint NOT NULL,
  amount  bigint NOT NULL,
  PRIMARY KEY (account, stripe)
) /* by key */;

-- What lazy updates of the pools add, until it is folded into balance.
CREATE TABLE balance_pending (
  seq     bigint NOT NULL,
  account text   NOT NULL,
  amount  bigint NOT NULL,
  PRIMARY KEY (seq, account)
) /* by key */;

CREATE TABLE audit (
  seq   bigint PRIMARY KEY,
  hash  bytea  NOT NULL,
  event text   NOT NULL
) /* by number */;

CREATE TABLE checkpoint (
  at   bigint PRIMARY KEY,
  data bytea  NOT NULL
) /* by number */;

CREATE TABLE statistic (
  report text   NOT NULL,
  bucket text   NOT NULL,
  stripe bigint NOT NULL,
  n      bigint NOT NULL,
  total  bigint NOT NULL,
  PRIMARY KEY (report, bucket, stripe)
) /* by key */;

CREATE TABLE person (
  id          bigint PRIMARY KEY,
  id_no       bytea  NOT NULL,
  name        bytea  NOT NULL,
  phone       bytea  NOT NULL,
  bank        bytea  NOT NULL,
  blind_index bytea  NOT NULL UNIQUE,
  region      text   NOT NULL,
  moving      text   NOT NULL,
  brought     bigint NOT NULL,
  ver         bigint NOT NULL
) /* by number */;

CREATE TABLE enrolment (
  person   bigint NOT NULL,
  scheme   text   NOT NULL,
  state    text   NOT NULL,
  employer text   NOT NULL,
  region   text   NOT NULL,
  since    bigint NOT NULL,
  until    bigint NOT NULL,
  ver      bigint NOT NULL,
  PRIMARY KEY (person, scheme)
) /* by key */;
CREATE INDEX enrolment_staff ON enrolment (employer) WHERE scheme = 'pension';

CREATE TABLE declaration (
  id          text   PRIMARY KEY,
  employer    text   NOT NULL,
  month       bigint NOT NULL,
  lines       bigint NOT NULL,
  rejected    bigint NOT NULL,
  by_employer bigint NOT NULL,
  by_persons  bigint NOT NULL,
  state       text   NOT NULL,
  due         bigint NOT NULL,
  late_until  bigint NOT NULL,
  late_fee    bigint NOT NULL,
  hash        bytea  NOT NULL,
  packs       text   NOT NULL,
  txn         bigint NOT NULL,
  ver         bigint NOT NULL
) /* by key */;
CREATE INDEX declaration_employer ON declaration (employer, month);
CREATE INDEX declaration_due ON declaration (state, due, id);

CREATE TABLE declaration_chunk (
  declaration text   NOT NULL,
  n           bigint NOT NULL,
  lines       bytea  NOT NULL,
  PRIMARY KEY (declaration, n)
) /* by key */;

CREATE TABLE contribution (
  person      bigint NOT NULL,
  month       bigint NOT NULL,
  kind        text   NOT NULL,
  payer       text   NOT NULL,
  wage        bigint NOT NULL,
  base        bigint NOT NULL,
  by_employer bigint NOT NULL,
  by_person   bigint NOT NULL,
  declaration text   NOT NULL,
  packs       text   NOT NULL,
  txn         bigint NOT NULL,
  PRIMARY KEY (person, month, kind)
) /* by key */;

CREATE TABLE transfer (
  id          text   PRIMARY KEY,
  person      bigint NOT NULL,
  from_region text   NOT NULL,
  to_region   text   NOT NULL,
  months      bigint NOT NULL,
  personal    bigint NOT NULL,
  pool        bigint NOT NULL,
  state       text   NOT NULL,
  due         bigint NOT NULL,
  reason      text   NOT NULL,
  packs       text   NOT NULL,
  ver         bigint NOT NULL
) /* by key */;
CREATE INDEX transfer_person ON transfer (person);
CREATE INDEX transfer_due ON transfer (due, id) WHERE state NOT IN ('closed', 'reopened');

CREATE TABLE payment (
  bank        text   NOT NULL,
  bank_txn    text   NOT NULL,
  payer       text   NOT NULL,
  declaration text   NOT NULL,
  person      bigint NOT NULL,
  month       bigint NOT NULL,
  amount      bigint NOT NULL,
  allocated   bigint NOT NULL,
  state       text   NOT NULL,
  reason      text   NOT NULL,
  value       bigint NOT NULL,
  region      text   NOT NULL,
  txn         bigint NOT NULL,
  ver         bigint NOT NULL,
  PRIMARY KEY (bank, bank_txn)
) /* by key */;
CREATE INDEX payment_value ON payment (bank, value, bank_txn);

CREATE TABLE claim (
  hospital        text    NOT NULL,
  visit           text    NOT NULL,
  person          bigint  NOT NULL,
  year            bigint  NOT NULL,
  date            bigint  NOT NULL,
  tier            bigint  NOT NULL,
  retired         boolean NOT NULL,
  region          text    NOT NULL,
  total           bigint  NOT NULL,
  in_policy       bigint  NOT NULL,
  used_deductible bigint  NOT NULL,
  used_fund       bigint  NOT NULL,
  account_before  bigint  NOT NULL,
  deductible      bigint  NOT NULL,
  fund            bigint  NOT NULL,
  account         bigint  NOT NULL,
  cash            bigint  NOT NULL,
  pack            text    NOT NULL,
  state           text    NOT NULL,
  txn             bigint  NOT NULL,
  ver             bigint  NOT NULL,
  PRIMARY KEY (hospital, visit)
) /* by key */;
CREATE INDEX claim_day ON claim (hospital, date, visit);

CREATE TABLE spent (
  person     bigint NOT NULL,
  year       bigint NOT NULL,
  deductible bigint NOT NULL,
  fund       bigint NOT NULL,
  ver        bigint NOT NULL,
  PRIMARY KEY (person, year)
) /* by key */;

CREATE TABLE entitlement (
  id      text   PRIMARY KEY,
  person  bigint NOT NULL,
  kind    text   NOT NULL,
  fund    text   NOT NULL,
  region  text   NOT NULL,
  amount  bigint NOT NULL,
  since   bigint NOT NULL,
  until   bigint NOT NULL,
  state   text   NOT NULL,
  case_id text   NOT NULL,
  packs   text   NOT NULL,
  ver     bigint NOT NULL
) /* by key */;
CREATE INDEX entitlement_person ON entitlement (person, kind);
CREATE INDEX entitlement_open ON entitlement (kind, person, id) WHERE state <> 'ended';

CREATE TABLE batch (
  id      text   PRIMARY KEY,
  kind    text   NOT NULL,
  region  text   NOT NULL,
  period  bigint NOT NULL,
  items   bigint NOT NULL,
  total   bigint NOT NULL,
  paid    bigint NOT NULL,
  back    bigint NOT NULL,
  state   text   NOT NULL,
  planner text   NOT NULL,
  locker  text   NOT NULL,
  sender  text   NOT NULL,
  closer  text   NOT NULL,
  step    text   NOT NULL,
  cursor  bigint NOT NULL,
  file    bytea  NOT NULL,
  ver     bigint NOT NULL
) /* by key */;

CREATE TABLE bank_file (
  batch text   NOT NULL,
  n     bigint NOT NULL,
  items bigint NOT NULL,
  total bigint NOT NULL,
  lines bytea  NOT NULL,
  PRIMARY KEY (batch, n)
) /* by key */;

CREATE TABLE item (
  entitlement text   NOT NULL,
  period      bigint NOT NULL,
  batch       text   NOT NULL,
  n           bigint NOT NULL,
  person      bigint NOT NULL,
  amount      bigint NOT NULL,
  personal    bigint NOT NULL,
  kept        bigint NOT NULL,
  state       text   NOT NULL,
  reason      text   NOT NULL,
  ver         bigint NOT NULL,
  PRIMARY KEY (entitlement, period)
) /* by key */;
CREATE INDEX item_place ON item (batch, n);
CREATE INDEX item_returned ON item (entitlement, period) WHERE state = 'returned';

CREATE TABLE benefit_case (
  id          text   PRIMARY KEY,
  person      bigint NOT NULL,
  kind        text   NOT NULL,
  state       text   NOT NULL,
  applied     bigint NOT NULL,
  due         bigint NOT NULL,
  facts       text   NOT NULL,
  documents   text   NOT NULL,
  reviewer    text   NOT NULL,
  decider     text   NOT NULL,
  reason      text   NOT NULL,
  entitlement text   NOT NULL,
  ver         bigint NOT NULL
) /* by key */;
CREATE INDEX benefit_case_person ON benefit_case (person, kind, state);
CREATE INDEX benefit_case_due ON benefit_case (due, id) WHERE state IN ('applied', 'accepted', 'reviewing', 'need_docs');

CREATE TABLE transition (
  machine text   NOT NULL,
  id      text   NOT NULL,
  n       bigint NOT NULL,
  path    text   NOT NULL,
  at      bigint NOT NULL,
  actor   text   NOT NULL,
  PRIMARY KEY (machine, id, n)
) /* by key */;

CREATE TABLE job (
  id       text   PRIMARY KEY,
  op       text   NOT NULL,
  owner    text   NOT NULL,
  state    text   NOT NULL,
  created  bigint NOT NULL,
  done     bigint NOT NULL,
  progress bigint NOT NULL,
  request  bytea  NOT NULL,
  result   bytea  NOT NULL,
  ver      bigint NOT NULL
) /* by key */;
CREATE INDEX job_state ON job (state, created, id);

CREATE TABLE answer (
  idem_key    text   PRIMARY KEY,
  fingerprint bytea  NOT NULL,
  status      bigint NOT NULL,
  body        bytea  NOT NULL,
  txn         bigint NOT NULL,
  at          bigint NOT NULL
) /* by key */;

CREATE TABLE certificate (
  code      text   PRIMARY KEY,
  kind      text   NOT NULL,
  subject   text   NOT NULL,
  issued    bigint NOT NULL,
  body      bytea  NOT NULL,
  digest    bytea  NOT NULL,
  signature bytea  NOT NULL
) /* by key */;

CREATE TABLE feedback (
  id     text   PRIMARY KEY,
  person bigint NOT NULL,
  rating bigint NOT NULL,
  text   bytea  NOT NULL,
  at     bigint NOT NULL
) /* by key */;

CREATE TABLE outbox (
  id      text   PRIMARY KEY,
  partner text   NOT NULL,
  kind    text   NOT NULL,
  payload bytea  NOT NULL,
  at      bigint NOT NULL,
  sent    bigint NOT NULL,
  ver     bigint NOT NULL
) /* by key */;
CREATE INDEX outbox_waiting ON outbox (at, id) WHERE sent = 0;
