package agency

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
)

// Agency holds what the use cases need. It is safe for concurrent use.
type Agency struct {
	People *population.Population
	Rules  *rules.Book
	Store  store.Store
	PIN    func(idNumber string) string // the secret number of a citizen
}

// A Reason sorts refusals by what the caller can do about them.
type Reason int

// The reasons.
const (
	Malformed     Reason = iota + 1 // a field cannot be read: mend the request
	Unknown                         // credentials or person not known
	Forbidden                       // known, and not allowed
	Conflict                        // the record stands already
	Unprocessable                   // readable, and against the rules
)

// A Refusal is an answer, not a fault: the request was understood and turned down.
type Refusal struct {
	Reason Reason
	Code   string // stable, for programs: "visit-settled"
	Detail string // for people: what was found, what was wanted
}

// Error gives code and detail.
func (r *Refusal) Error() string { return r.Code + ": " + r.Detail }

func refuse(reason Reason, code, format string, args ...any) *Refusal {
	return &Refusal{reason, code, fmt.Sprintf(format, args...)}
}

// ruled turns an error of the rules into a refusal where the caller's facts are the cause.
func ruled(err error) error {
	if fact, ok := errors.AsType[*rules.FactError](err); ok {
		return refuse(Unprocessable, "fact-out-of-range", "%v", fact)
	}
	if errors.Is(err, rules.ErrNoRule) {
		return refuse(Unprocessable, "no-rule-in-force", "%v", err)
	}
	return err
}

var identifier = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// identified checks names that come from outside and end in keys of the store.
func identified(field, value string) error {
	if !identifier.MatchString(value) {
		return refuse(Malformed, "bad-identifier", "%s %q: want 1 to 64 letters, digits, dots and dashes", field, value)
	}
	return nil
}

// find is the person of an identity number. The number itself never stands in an answer or a log.
func (a *Agency) find(idNumber string) (population.Person, error) {
	i, ok := a.People.Find(idNumber)
	if !ok {
		return population.Person{}, refuse(Unprocessable, "unknown-person", "id_no belongs to nobody insured here")
	}
	return a.People.Person(i), nil
}

// balances are a person's pension and medical accounts: those of the ledger once it has met the person,
// until then those of the population.
func balances(v store.View, who population.Person) (pension, medical ledger.Fen, err error) {
	met, err := v.Posted(ledger.EventOpened, strconv.Itoa(who.Index))
	if err != nil {
		return 0, 0, err
	}
	if !met {
		return ledger.Fen(who.Pension), ledger.Fen(who.Medical), nil
	}
	if pension, err = v.Balance(ledger.PensionAccount(uint64(who.Index))); err != nil {
		return 0, 0, err
	}
	medical, err = v.Balance(ledger.MedicalAccount(uint64(who.Index)))
	return -pension, -medical, err // what the funds owe is a credit
}

// meet posts the opening entry of a person whom the ledger has not met.
func meet(tx store.Tx, who population.Person, now time.Time) error {
	met, err := tx.Posted(ledger.EventOpened, strconv.Itoa(who.Index))
	if met || err != nil {
		return err
	}
	t := ledger.Opened(who.Region, uint64(who.Index), ledger.Fen(who.Pension), ledger.Fen(who.Medical))
	t.At = now.UnixMilli()
	_, err = tx.Post(t)
	return err
}
