package store

// A Case is an application for a benefit on its way to a decision.
type Case struct {
	ID          string
	Person      uint64
	Kind        string // pension, unemployment, injury, maternity, …
	State       string // of workflow's machine "benefit"
	Applied     int64  // yyyymmdd
	Due         int64  // yyyymmdd, the statutory clock
	Facts       string // JSON: as applied with; when approved, all that the amounts were reckoned from. It names nobody
	Documents   string // SHA-256 of each document, separated by spaces
	Reviewer    string // everybody who took part in the review, separated by spaces
	Decider     string // the second pair of eyes: none of those
	Reason      string // a code
	Entitlement string // what it brought, separated by spaces
	Ver         int64
}

var cases = Table{"benefit_case", []string{
	"id", "person", "kind", "state", "applied", "due", "facts", "documents", "reviewer", "decider", "reason", "entitlement", "ver",
}, 1}

// Table is the table of cases.
func (*Case) Table() *Table { return &cases }

// Fields are the columns.
func (c *Case) Fields() []any {
	return []any{&c.ID, &c.Person, &c.Kind, &c.State, &c.Applied, &c.Due, &c.Facts, &c.Documents, &c.Reviewer, &c.Decider, &c.Reason, &c.Entitlement, &c.Ver}
}

// CasesOf are those of person $1.
var CasesOf = cases.Where("person = $1 ORDER BY id")

// CasesDue are those not decided that are due on day $1 or before, after day $2 and id $3, at most $4.
var CasesDue = cases.Where("state IN ('applied', 'accepted', 'reviewing', 'need_docs') AND due <= $1 AND (due, id) > ($2, $3) ORDER BY due, id LIMIT $4")

// CaseIn is one of those of person $1, kind $2 and state $3.
var CaseIn = cases.Where("person = $1 AND kind = $2 AND state = $3 LIMIT 1")

// A Transition is what one Update did to a thing with a life cycle. Path is the states it went through, separated by
// '>': from the state it stood in, or the machine's start, to the one it stands in now.
type Transition struct {
	Machine, ID string
	N           int64 // 1, 2, 3, … for each thing
	Path        string
	At          int64
	Actor       string
}

var transitions = Table{"transition", []string{"machine", "id", "n", "path", "at", "actor"}, 3}

// Table is the table of transitions.
func (*Transition) Table() *Table { return &transitions }

// Fields are the columns.
func (t *Transition) Fields() []any {
	return []any{&t.Machine, &t.ID, &t.N, &t.Path, &t.At, &t.Actor}
}

// A Job is work that goes on after its request was answered with 202.
type Job struct {
	ID            string
	Op            string
	Owner         string // role and subject, as in the token
	State         string // of workflow's machine "job"
	Created, Done int64
	Progress      int64  // where to go on after a restart
	Request       []byte // sealed: what to do
	Result        []byte // JSON
	Ver           int64
}

var jobs = Table{"job", []string{"id", "op", "owner", "state", "created", "done", "progress", "request", "result", "ver"}, 1}

// Table is the table of jobs.
func (*Job) Table() *Table { return &jobs }

// Fields are the columns.
func (j *Job) Fields() []any {
	return []any{&j.ID, &j.Op, &j.Owner, &j.State, &j.Created, &j.Done, &j.Progress, &j.Request, &j.Result, &j.Ver}
}

// JobsIn are those in state $1, at most $2, oldest first.
var JobsIn = jobs.Where("state = $1 ORDER BY created, id LIMIT $2")

// JobsAfter are those with an id after $1, at most $2.
var JobsAfter = jobs.Where("id > $1 ORDER BY id LIMIT $2")

// An Answer is what a mutation replied, kept under its idempotency key.
type Answer struct {
	Key         string
	Fingerprint []byte // SHA-256 of method, path, subject and body
	Status      int64  // HTTP status
	Body        []byte
	Txn         int64 // the last one posted; 0: it moved no money
	At          int64
}

var answers = Table{"answer", []string{"idem_key", "fingerprint", "status", "body", "txn", "at"}, 1}

// Table is the table of answers.
func (*Answer) Table() *Table { return &answers }

// Fields are the columns.
func (a *Answer) Fields() []any {
	return []any{&a.Key, &a.Fingerprint, &a.Status, &a.Body, &a.Txn, &a.At}
}

// A Certificate is a signed statement that anyone can verify by its code.
type Certificate struct {
	Code      string
	Kind      string
	Subject   string // role and subject it is about
	Issued    int64  // yyyymmdd
	Body      []byte // sealed JSON
	Digest    []byte // SHA-256 of the document
	Signature []byte // Ed25519 over what it is for and the digest
}

var certificates = Table{"certificate", []string{"code", "kind", "subject", "issued", "body", "digest", "signature"}, 1}

// Table is the table of certificates.
func (*Certificate) Table() *Table { return &certificates }

// Fields are the columns.
func (c *Certificate) Fields() []any {
	return []any{&c.Code, &c.Kind, &c.Subject, &c.Issued, &c.Body, &c.Digest, &c.Signature}
}

// CertificatesAfter are those with a code after $1, at most $2.
var CertificatesAfter = certificates.Where("code > $1 ORDER BY code LIMIT $2")

// ResealCertificate puts the body $2, sealed again, into certificate $1.
const ResealCertificate Query = "UPDATE certificate SET body = $2 WHERE code = $1"

// A Feedback is what somebody thinks of the service.
type Feedback struct {
	ID     string
	Person uint64
	Rating int64  // 1 to 5
	Text   []byte // sealed: people write names into it
	At     int64
}

var feedbacks = Table{"feedback", []string{"id", "person", "rating", "text", "at"}, 1}

// Table is the table of feedback.
func (*Feedback) Table() *Table { return &feedbacks }

// Fields are the columns.
func (f *Feedback) Fields() []any { return []any{&f.ID, &f.Person, &f.Rating, &f.Text, &f.At} }

// FeedbackAfter is that with an id after $1, at most $2.
var FeedbackAfter = feedbacks.Where("id > $1 ORDER BY id LIMIT $2")

// ResealFeedback puts the text $2, sealed again, into feedback $1.
const ResealFeedback Query = "UPDATE feedback SET text = $2 WHERE id = $1"

// A Message waits in the outbox to be delivered to a partner at least once: written with the effect it tells of, so
// that neither can be without the other.
type Message struct {
	ID      string // of the effect; unique
	To      string // the partner
	Kind    string
	Payload []byte // JSON without personal data
	At      int64
	Sent    int64 // 0: not yet
	Ver     int64
}

var messages = Table{"outbox", []string{"id", "partner", "kind", "payload", "at", "sent", "ver"}, 1}

// Table is the outbox.
func (*Message) Table() *Table { return &messages }

// Fields are the columns.
func (m *Message) Fields() []any {
	return []any{&m.ID, &m.To, &m.Kind, &m.Payload, &m.At, &m.Sent, &m.Ver}
}

// MessagesWaiting are those not delivered yet, after instant $1 and id $2, at most $3, oldest first.
var MessagesWaiting = messages.Where("sent = 0 AND (at, id) > ($1, $2) ORDER BY at, id LIMIT $3")

// Statistics are the running totals of report $1: bucket, count, sum, in the order of the buckets.
const Statistics Query = "SELECT bucket, sum(n), sum(total) FROM statistic WHERE report = $1 GROUP BY bucket ORDER BY bucket"

// StatisticsAfter are those of [Statistics] after bucket $2, at most $3.
const StatisticsAfter Query = "SELECT bucket, CAST(sum(n) AS bigint), CAST(sum(total) AS bigint) FROM statistic WHERE report = $1 AND bucket > $2 GROUP BY bucket ORDER BY bucket LIMIT $3"

// WageScan counts all paid months by month and thousands of yuan of the base, and adds up the bases: "202301 05", how
// many, how much, after bucket $1, at most $2. It reads every contribution ever paid, and is meant to: it is the query
// that should not run beside the day's work.
const WageScan Query = `SELECT bucket, count(*), CAST(sum(base) AS bigint) FROM (
  SELECT CAST(month AS text) || CASE WHEN base < 1000000 THEN ' 0' ELSE ' ' END || CAST(base / 100000 AS text) AS bucket, base FROM contribution) AS months
  WHERE bucket > $1 GROUP BY bucket ORDER BY bucket LIMIT $2`

// Balances are all balances as pairs of account and amount, in no order.
const Balances Query = "SELECT account, amount FROM balance UNION ALL SELECT account, amount FROM balance_pending"

// Txns are the transactions of the ledger from sequence $1 to $2, both included.
const Txns Query = "SELECT seq, hash, event, ref, reverses, at, entries FROM txn WHERE seq BETWEEN $1 AND $2 ORDER BY seq"

// AuditEvents are the events of the audit log from sequence $1 to $2, both included: sequence, hash and JSON.
const AuditEvents Query = "SELECT seq, hash, event FROM audit WHERE seq BETWEEN $1 AND $2 ORDER BY seq"

// Heads is the last of each lane: table ("txn" or "audit"), lane, sequence and hash.
const Heads Query = "SELECT kind, lane, seq, hash FROM head ORDER BY kind, lane"

// A Checkpoint is a signed statement of the audit log's heads.
type Checkpoint struct {
	At   int64
	Data []byte // as package vault writes it
}

var checkpoints = Table{"checkpoint", []string{"at", "data"}, 1}

// Table is the table of checkpoints.
func (*Checkpoint) Table() *Table { return &checkpoints }

// Fields are the columns.
func (c *Checkpoint) Fields() []any { return []any{&c.At, &c.Data} }

// Checkpoints are all of them, oldest first.
var Checkpoints = checkpoints.Where("at > 0 ORDER BY at")
