package agency

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/vault"
)

// Agency holds what the use cases need. It is safe for concurrent use.
type Agency struct {
	People  *population.Population
	Outlets *population.Outlets // only Near reads it
	Rules   *rules.Book
	Store   store.Store
	Vault   *vault.Ring
	Random  io.Reader                    // of nonces and certificate codes; outside tests crypto/rand.Reader
	PIN     func(idNumber string) string // the secret number of a citizen

	HeavyReports bool // serve the report that scans every contribution

	known known
}

// A Reason sorts refusals by what the caller can do about them.
type Reason int

// The reasons.
const (
	Malformed     Reason = iota + 1 // a field cannot be read: mend the request
	Unknown                         // credentials or person not known
	Forbidden                       // known, and not allowed
	NotFound                        // not there, or not the caller's to see: one answer for both
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

// refuse makes a refusal. What callers wrote may be anybody's name or number, whatever the field: it is repeated only where
// it cannot be.
func refuse(reason Reason, code, format string, args ...any) *Refusal {
	for i, arg := range args {
		text, ok := arg.(string)
		if err, is := arg.(error); is {
			text, ok = err.Error(), true
		}
		if ok && Personal(text) {
			args[i] = hush
		}
	}
	return &Refusal{reason, code, fmt.Sprintf(format, args...)}
}

const hush = "(not repeated here)"

// Personal tells whether a text could hold a name in Chinese, or a telephone, account or identity number: whether it has
// a character beyond ASCII, or 11 digits in a row. Ids and codes of the service have neither.
func Personal(text string) bool {
	digits := 0
	for _, r := range text {
		if r >= '0' && r <= '9' {
			digits++
		} else {
			digits = 0
		}
		if r >= 0x80 || digits == 11 {
			return true
		}
	}
	return false
}

// hidden is the one refusal for what is not there and for what is not the caller's, so that ids cannot be tried out.
func hidden(what string) *Refusal {
	return refuse(NotFound, "not-found", "no such %s, or not yours", what)
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

// identified checks names that come from outside and end in keys of the store, in the ledger and in logs: no citizen's
// identity number may pass for one.
func identified(field, value string) error {
	for part := range strings.FieldsFuncSeq(value, func(r rune) bool { return r == '.' || r == '_' || r == '-' }) {
		if citizen(part) {
			return refuse(Malformed, "identity-number", "%s holds a citizen's identity number: want a number of your own", field)
		}
	}
	if !identifier.MatchString(value) {
		return refuse(Malformed, "bad-identifier", "%s %q: want 1 to 64 letters, digits, dots and dashes", field, value)
	}
	return nil
}

// coded checks a reason, which may be left out. It is kept, answered and told to partners as it is: so it is a code such as
// moved-abroad, and no text, which may name somebody.
func coded(reason string) error {
	if reason == "" {
		return nil
	}
	return identified("reason", reason)
}

// citizen tells whether a text has the form of an identity number (GB 11643): a day of birth at its place, and the check
// digit that follows from the rest.
func citizen(text string) bool {
	if len(text) != 18 {
		return false
	}
	born, err := time.Parse("20060102", text[6:14])
	return err == nil && born.Year() >= 1900 && born.Year() < 2100 && population.CheckDigit(text[:17]) == text[17]
}
