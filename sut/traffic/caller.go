package traffic

import (
	"fmt"
	"strconv"
	"sync/atomic"

	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/workflow"
)

// officers is how many clerks, reviewers and auditors work at the agency, of each.
const officers = 40

func citizen(person int) agency.Caller {
	return agency.Caller{Role: workflow.Citizen, Subject: strconv.Itoa(person)}
}

func (t *Traffic) employer(e int) agency.Caller {
	return agency.Caller{Role: workflow.Employer, Subject: t.people.Employer(e).ID}
}

// officer is one of those who work at the agency of the region where everybody is insured.
func (a *arrival) officer(role workflow.Roles) agency.Caller {
	return officer(role, a.rand.IntN(officers))
}

func officer(role workflow.Roles, n int) agency.Caller {
	c := agency.Caller{Role: role, Subject: fmt.Sprintf("%s-%s-%02d", role, population.DefaultRegion, n)}
	if role != workflow.Auditor {
		c.Region = population.DefaultRegion
	}
	return c
}

// as sends a request with somebody's token.
func (t *Traffic) as(r *scenarios.Request, who agency.Caller) error {
	token, err := t.token(who)
	r.Header = append(r.Header, scenarios.Header{Name: "Authorization", Value: token})
	return err
}

// own asks for what belongs to the person who comes.
func (t *Traffic) own(a *arrival, r *scenarios.Request) error { return t.as(r, citizen(a.person)) }

// tokens are values of Authorization that were signed already, each in the place that its caller's name hashes to: signing
// takes some 25 µs, longer than all else about a request. Whoever comes to an occupied place takes it over. The default
// population and its employers fit in, in some 50 MB.
type tokens [1 << 17]atomic.Pointer[signed]

type signed struct {
	who   agency.Caller
	value string
}

func (t *Traffic) token(who agency.Caller) (string, error) {
	at := &t.tokens[place(who)%uint64(len(t.tokens))]
	if s := at.Load(); s != nil && s.who == who {
		return s.value, nil
	}
	token, err := t.keys.Token(who, t.issued, tokenLife)
	if err != nil {
		return "", err
	}
	s := &signed{who, "Bearer " + token}
	at.Store(s)
	return s.value, nil
}

// place is a person's index, so that no two of the default population share one, and a hash of other names (FNV-1a).
func place(who agency.Caller) uint64 {
	if who.Role == workflow.Citizen {
		i, _ := strconv.ParseUint(who.Subject, 10, 64)
		return i
	}
	h := uint64(14695981039346656037)
	for i := range len(who.Subject) {
		h = (h ^ uint64(who.Subject[i])) * 1099511628211
	}
	return h
}
