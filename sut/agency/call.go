package agency

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/vault"
	"github.com/peakday/peakday/sut/workflow"
)

// A Caller is who asks: one role, and who in that role. Subjects are a person's index, an employer (E000123), a hospital
// (H0042), a bank (B01), or the name of somebody who works here; never a name or an identity number of a person.
type Caller struct {
	Role    workflow.Roles
	Subject string
	Region  string // of clerks and reviewers: whose people they see
}

// String is "citizen 17", as it stands in logs.
func (c Caller) String() string { return strings.TrimSpace(c.Role.String() + " " + c.Subject) }

// A Call is a request that changes something. It happens once per Key, however often it comes.
type Call struct {
	Caller
	Op          string // as in the table of operations: "claims.settle"
	Now         time.Time
	Key         string // the caller's Idempotency-Key
	Fingerprint []byte // SHA-256 of the request it came with
}

// Date is the day of the call in China, yyyymmdd.
func (c Call) Date() int64 {
	y, m, d := c.Now.In(china).Date()
	return int64(y*10000 + int(m)*100 + d)
}

// workdays is the calendar that terms are reckoned by.
var workdays = workflow.China()

var china = time.FixedZone("CST", 8*60*60) // no daylight saving since 1991

// A Proof stands in the answer of every mutation: what the caller keeps to show that it happened.
type Proof struct {
	Txn     int64  `json:"ledger_txn,omitempty"` // the last transaction posted; none where no money moved
	Receipt string `json:"receipt_hash"`
}

// A change is a mutation under way: the transaction of the store, and what it did so far.
type change struct {
	store.Tx
	Call
	agency *Agency
	posted store.Posted
	about  string // what the audit log says it was done to
}

// mutate runs do once per key, writes the audit event and keeps the answer, all in the transaction of the effect. do
// gives the HTTP status and the value that is answered now and at every repetition.
//
// What do refuses leaves nothing behind and its key free. An illegal step of a life cycle is written to the audit log.
func (a *Agency) mutate(ctx context.Context, c Call, do func(*change) (status int, value any, err error)) (store.Answer, bool, error) {
	var about string
	answer, replayed, err := store.Once(ctx, a.Store, c.Key, c.Fingerprint, func(tx store.Tx) (store.Answer, error) {
		ch := &change{Tx: tx, Call: c, agency: a}
		status, value, err := do(ch)
		about = ch.about
		if err != nil {
			return store.Answer{}, err
		}
		body, err := json.Marshal(value)
		if err != nil {
			return store.Answer{}, err
		}
		if err := tx.Audit(ch.event("done")); err != nil {
			return store.Answer{}, err
		}
		return store.Answer{Status: int64(status), Body: append(body, '\n'), Txn: ch.posted.Seq, At: c.Now.UnixMilli()}, nil
	})
	return answer, replayed, a.refused(ctx, c, about, err)
}

// refused makes a refusal of a step that a life cycle does not have, and writes it to the audit log. Other errors stay.
func (a *Agency) refused(ctx context.Context, c Call, about string, err error) error {
	edge, ok := errors.AsType[*workflow.IllegalEdge](err)
	if !ok {
		return err
	}
	refused := (&change{Call: c, about: about}).event("refused")
	refused.Detail = edge.Error()
	if err := a.Store.Update(ctx, func(tx store.Tx) error { return tx.Audit(refused) }); err != nil {
		return err
	}
	return refuse(Conflict, "illegal-step", "%v", edge)
}

// event is what the audit log says of the change.
func (c *change) event(outcome string) vault.Event {
	return vault.Event{
		At: c.Now.UnixMilli(), Actor: c.Subject, Role: c.Role.String(), Op: c.Op, Subject: c.about, Outcome: outcome, Key: c.Key, Txn: c.posted.Seq,
	}
}

// post posts a transaction at the time of the call.
func (c *change) post(t ledger.Txn) error {
	t.At = c.Now.UnixMilli()
	posted, err := c.Post(t)
	if err == nil {
		c.posted = posted
	}
	return err
}

// proof is what the answer shows: call it last.
func (c *change) proof() Proof {
	h := ledger.Receipt(c.Key, c.posted.Hash)
	return Proof{Txn: c.posted.Seq, Receipt: hex.EncodeToString(h[:])}
}

// move takes a thing with a life cycle along path, which begins with the state it stands in, or with the machine's start
// for a new one, and writes that down. ver is the version of the thing's row before it is written: it numbers the
// steps. A step that the machine does not have is a *workflow.IllegalEdge.
func (c *change) move(m workflow.Machine, id string, ver int64, path ...workflow.State) error {
	if err := m.PathFrom(path[0], path); err != nil {
		return err
	}
	names := make([]string, len(path))
	for i, s := range path {
		names[i] = string(s)
	}
	return c.Add(&store.Transition{
		Machine: m.Name, ID: id, N: ver + 1, Path: strings.Join(names, ">"), At: c.Now.UnixMilli(), Actor: c.Caller.String(),
	})
}

// key is the text form of a person's index, as ledger and vault use it.
func key(person int) string { return strconv.Itoa(person) }
