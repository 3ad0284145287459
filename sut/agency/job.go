package agency

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/vault"
	"github.com/peakday/peakday/sut/workflow"
)

// A Job is the answer of jobs.get: work that goes on after its request was answered with 202.
type Job struct {
	Job      string          `json:"job"`
	Op       string          `json:"op"`
	State    workflow.State  `json:"state"` // queued, running, done or failed
	Progress int64           `json:"progress"`
	Status   int             `json:"status,omitempty"` // of HTTP, that the request would have been answered with
	Result   json.RawMessage `json:"result,omitempty"` // the body of that answer; of a failed job {"code", "detail"}
}

// Queued is the answer to a request that became a job.
type Queued struct {
	Job   string         `json:"job"`
	State workflow.State `json:"state"`
	Proof
}

// A Handler does the work of a job, as the call of whoever asked for it. The call's key is the job's id: a handler that is
// run again after a crash must do its work once per key, as the use cases do.
type Handler func(ctx context.Context, c Call, request []byte) (store.Answer, bool, error)

// request is what a job keeps, sealed: files of wages are personal.
type request struct {
	Caller      Caller `json:"caller"`
	Fingerprint []byte `json:"fingerprint"`
	Body        []byte `json:"body"`
}

// accepted is HTTP's 202.
const accepted = 202

// Enqueue keeps a request for later, once per key.
func (a *Agency) Enqueue(ctx context.Context, c Call, op string, body []byte) (store.Answer, bool, error) {
	return a.mutate(ctx, c, func(ch *change) (int, any, error) {
		j, err := ch.enqueue(op, c.Caller, body)
		if err != nil {
			return 0, nil, err
		}
		ch.about = "job " + j.ID
		return accepted, Queued{Job: j.ID, State: workflow.State(j.State), Proof: ch.proof()}, nil
	})
}

func (c *change) enqueue(op string, owner Caller, body []byte) (j store.Job, err error) {
	j = store.Job{ID: newID("J", op, c.Key), Op: op, Owner: owner.String(), State: "queued", Created: c.Now.UnixMilli(), Ver: 1}
	plain, err := json.Marshal(request{owner, c.Fingerprint, body})
	if err != nil {
		return j, err
	}
	if j.Request, err = c.agency.Vault.Seal(nil, requestOf(j.ID), plain, c.agency.Random); err != nil {
		return j, err
	}
	if err := c.move(workflow.Job(), j.ID, 0, "queued"); err != nil {
		return j, err
	}
	return j, c.Add(&j)
}

func requestOf(job string) vault.Place { return vault.Place{Table: "job", Column: "request", Row: job} }

// Job is what became of the caller's own job.
func (a *Agency) Job(ctx context.Context, c Caller, id string) (answer Job, err error) {
	j := store.Job{ID: id}
	known := false
	err = a.Store.View(ctx, func(v store.View) (err error) {
		known, err = v.Get(&j)
		return err
	})
	if err != nil {
		return answer, err
	}
	if !known {
		return a.jobBefore(c, id)
	}
	if j.Owner != c.String() {
		return answer, hidden("job")
	}
	answer = Job{Job: j.ID, Op: j.Op, State: workflow.State(j.State), Progress: j.Progress}
	if len(j.Result) > 0 {
		var o outcome
		if err := json.Unmarshal(j.Result, &o); err != nil {
			return answer, fmt.Errorf("the result of job %s: %w", id, err)
		}
		answer.Status, answer.Result = o.Status, o.Body
	}
	return answer, nil
}

// outcome is a job's result as it is kept.
type outcome struct {
	Status int             `json:"status,omitempty"`
	Body   json.RawMessage `json:"body"`
}

// jobBefore is the job that took in an employer's declaration before the opening.
func (a *Agency) jobBefore(c Caller, id string) (answer Job, err error) {
	old, found := a.People.Job(id)
	if !found || c.Role != workflow.Employer || c.Subject != a.People.Employer(old.Employer).ID {
		return answer, hidden("job")
	}
	body, err := json.Marshal(map[string]string{"declaration": old.Result})
	return Job{Job: id, Op: "declarations.submit", State: old.State, Status: created, Result: body}, err
}

// Work does the job that waits longest, and tells whether there was one. What a handler refuses is the job's failure. So
// is a fault, but for the end of ctx, which leaves the job running: [Agency.Requeue] takes it up at the next start.
func (a *Agency) Work(ctx context.Context, now time.Time, handlers map[string]Handler) (worked bool, err error) {
	j, c, err := a.start(ctx, now)
	if err != nil || j.ID == "" {
		return false, err
	}
	r, err := a.opened(j)
	if err != nil {
		return true, errors.Join(err, a.end(ctx, c, j.ID, "failed", failure(err)))
	}
	c, body := Call{Caller: r.Caller, Op: j.Op, Now: now, Key: j.ID, Fingerprint: r.Fingerprint}, r.Body
	if j.Op == allocateOp {
		return true, a.allocateAll(ctx, c, j, string(body))
	}
	var answer store.Answer
	handler := handlers[j.Op]
	if handler == nil {
		err = refuse(Unprocessable, "unknown-operation", "no handler does %s", j.Op)
	} else {
		answer, _, err = handler(ctx, c, body)
	}
	if ctx.Err() != nil {
		return true, ctx.Err()
	}
	o, state := outcome{Status: int(answer.Status), Body: answer.Body}, workflow.State("done")
	if err != nil {
		o, state = failure(err), "failed"
	}
	return true, a.end(ctx, c, j.ID, state, o)
}

// failure is what a job keeps of an error. Of a fault it says no more than that: the text may be about anything.
func failure(err error) outcome {
	code, detail := "fault", "the service could not do it; an operator may try the job again"
	if r, is := errors.AsType[*Refusal](err); is {
		code, detail = r.Code, r.Detail
	}
	body, _ := json.Marshal(map[string]string{"code": code, "detail": detail}) // two strings: cannot fail
	return outcome{Body: body}
}

// start takes the oldest queued job, as the call c of the service. Of two workers that see the same one, one gets it; the
// other none.
func (a *Agency) start(ctx context.Context, now time.Time) (j store.Job, c Call, err error) {
	var list []store.Job
	err = a.Store.View(ctx, func(v store.View) (err error) {
		list, err = store.List[store.Job](v, store.JobsIn, "queued", 1)
		return err
	})
	if err != nil || len(list) == 0 {
		return j, c, err
	}
	c = Call{Caller: Caller{Role: workflow.System, Subject: "service"}, Now: now}
	err = a.Store.Update(ctx, func(tx store.Tx) error {
		j = store.Job{ID: list[0].ID}
		if _, err := tx.Get(&j); err != nil || j.State != "queued" {
			j = store.Job{}
			return err
		}
		return (&change{Tx: tx, Call: c, agency: a}).turn(&j, "running")
	})
	return j, c, err
}

// opened is the request of a job.
func (a *Agency) opened(j store.Job) (r request, err error) {
	plain, err := a.Vault.Open(nil, requestOf(j.ID), j.Request)
	if err != nil {
		return r, fmt.Errorf("opening job %s: %w", j.ID, err)
	}
	if err := json.Unmarshal(plain, &r); err != nil {
		return r, fmt.Errorf("reading job %s: %w", j.ID, err)
	}
	return r, nil
}

// turn takes a job to another state.
func (c *change) turn(j *store.Job, to workflow.State) error {
	if err := c.move(workflow.Job(), j.ID, j.Ver, workflow.State(j.State), to); err != nil {
		return err
	}
	j.State = string(to)
	return c.Set(j)
}

func (a *Agency) end(ctx context.Context, c Call, id string, state workflow.State, o outcome) error {
	result, err := json.Marshal(o)
	if err != nil {
		return err
	}
	return a.Store.Update(ctx, func(tx store.Tx) error {
		j := store.Job{ID: id}
		if _, err := tx.Get(&j); err != nil {
			return err
		}
		j.Done, j.Result = c.Now.UnixMilli(), result
		return (&change{Tx: tx, Call: c, agency: a}).turn(&j, state)
	})
}

// Requeue puts back the jobs that a process left running when it ended. Call it at the start, before [Agency.Work], where
// no other process works on the same store.
func (a *Agency) Requeue(ctx context.Context, now time.Time) (n int, err error) {
	for {
		var list []store.Job
		err = a.Store.Update(ctx, func(tx store.Tx) (err error) {
			if list, err = store.List[store.Job](tx, store.JobsIn, "running", 100); err != nil {
				return err
			}
			c := &change{Tx: tx, Call: Call{Caller: Caller{Role: workflow.System, Subject: "service"}, Now: now}, agency: a}
			for i := range list {
				if err := c.turn(&list[i], "queued"); err != nil {
					return err
				}
			}
			return nil
		})
		if n += len(list); err != nil || len(list) == 0 {
			return n, err
		}
	}
}

// Retry queues a failed job again, once per key: for operators.
func (a *Agency) Retry(ctx context.Context, c Call, id string) (store.Answer, bool, error) {
	return a.mutate(ctx, c, func(ch *change) (int, any, error) {
		if c.Role != workflow.Operator {
			return 0, nil, refuse(Forbidden, "role", "trying jobs again is for operators")
		}
		ch.about = "job " + id
		j := store.Job{ID: id}
		switch known, err := ch.Get(&j); {
		case err != nil:
			return 0, nil, err
		case !known:
			return 0, nil, hidden("job")
		}
		j.Result, j.Done = nil, 0
		if err := ch.turn(&j, "queued"); err != nil {
			return 0, nil, err
		}
		return accepted, Queued{Job: id, State: "queued", Proof: ch.proof()}, nil
	})
}

// allocateOp is the job that posts the contributions of a long declaration out of its payment, a chunk a step.
const allocateOp = "payments.allocate"

// allocateAll posts what is left of a declaration. Each chunk and the progress over it are one Update: whenever it
// stops, the next start goes on with the next chunk.
func (a *Agency) allocateAll(ctx context.Context, c Call, j store.Job, payment string) error {
	for j.State == "running" {
		err := a.inSteps(ctx, c, func(ch *change) error {
			ch.about = "payment " + payment
			if _, err := ch.Get(&j); err != nil || j.State != "running" {
				return err
			}
			return ch.allocateNext(&j, payment)
		})
		if err != nil {
			return fmt.Errorf("posting the contributions of payment %s: %w", payment, err)
		}
	}
	return nil
}

// inSteps runs one Update of work that takes several. Its audit event, if it posted anything, bears no key: the key is that
// of the answer at the end, if there is one.
func (a *Agency) inSteps(ctx context.Context, c Call, do func(*change) error) error {
	c.Key = ""
	return a.update(ctx, c, do)
}

func (c *change) allocateNext(j *store.Job, payment string) error {
	row := store.Payment{}
	row.Bank, row.BankTxn, _ = strings.Cut(payment, "/")
	if _, err := c.Get(&row); err != nil {
		return err
	}
	d := store.Declaration{ID: row.Declaration}
	if _, err := c.Get(&d); err != nil {
		return err
	}
	if err := c.allocate(payment, d, j.Progress); err != nil {
		return err
	}
	if j.Progress++; j.Progress < chunks(&d) {
		return c.Set(j)
	}
	if row.State == "matched" { // a partial one waits for its rest
		if err := c.take(&row, "matched", "posted"); err != nil {
			return err
		}
	}
	j.Done = c.Now.UnixMilli()
	return c.turn(j, "done")
}
