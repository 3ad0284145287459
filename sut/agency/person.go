package agency

import (
	"strconv"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/vault"
	"github.com/peakday/peakday/sut/workflow"
)

// self is the person whom a citizen's token names. A token can be of a larger population.
func (a *Agency) self(c Caller) (population.Person, error) {
	i, err := strconv.Atoi(c.Subject)
	if c.Role != workflow.Citizen || err != nil || i < 0 || i >= a.People.Size() {
		return population.Person{}, refuse(Forbidden, "unknown-subject", "the token is of nobody insured here")
	}
	return a.People.Person(i), nil
}

// sees tells whether a caller may see a person: citizens themselves, clerks and reviewers the people of their region, the service everybody.
func (c Caller) sees(who population.Person) bool {
	switch c.Role {
	case workflow.Citizen:
		return c.Subject == key(who.Index)
	case workflow.Clerk, workflow.Reviewer:
		return c.Region == who.Region
	case workflow.System:
		return true
	}
	return false
}

// standing is where a person stands in a scheme: by their enrolment, or as the population opened.
func standing(v store.View, who population.Person, scheme string) (workflow.State, error) {
	e := store.Enrolment{Person: uint64(who.Index), Scheme: scheme}
	found, err := v.Get(&e)
	if found || err != nil {
		return workflow.State(e.State), err
	}
	return workflow.State(who.Status), nil
}

// meet finds the row of a person. Somebody whom the service has not met is written down: their sealed personal fields,
// and what they own in an opening entry.
func (c *change) meet(who population.Person) (p store.Person, err error) {
	p.ID = uint64(who.Index)
	found, err := c.Get(&p)
	if found || err != nil {
		return p, err
	}
	if p, err = c.agency.seal(who); err != nil {
		return p, err
	}
	if err := c.Add(&p); err != nil {
		return p, err
	}
	return p, c.post(ledger.Opened(who.Region, uint64(who.Index), ledger.Fen(who.Pension), ledger.Fen(who.Medical)))
}

// seal is the row of a person as the population has them.
func (a *Agency) seal(who population.Person) (store.Person, error) {
	p := store.Person{ID: uint64(who.Index), Region: who.Region}
	index := a.Vault.Index("person", "id_no", who.IDNumber)
	p.BlindIndex = index[:]
	row := key(who.Index)
	var err error
	for _, f := range []struct {
		column string
		to     *[]byte
		value  string
	}{
		{"id_no", &p.IDNo, who.IDNumber},
		{"name", &p.Name, who.Name},
		{"phone", &p.Phone, a.People.Phone(who.Index)},
		{"bank", &p.Bank, a.People.BankAccount(who.Index)},
	} {
		if *f.to, err = a.Vault.Seal(nil, vault.Place{Table: "person", Column: f.column, Row: row}, []byte(f.value), a.Random); err != nil {
			return p, err
		}
	}
	return p, nil
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
	met, err := v.Get(&store.Person{ID: uint64(who.Index)})
	if err != nil {
		return 0, 0, err
	}
	return owned(v, who, met)
}

// owned is balances for who knows whether the ledger has met the person.
func owned(v store.View, who population.Person, met bool) (pension, medical ledger.Fen, err error) {
	if !met {
		return ledger.Fen(who.Pension), ledger.Fen(who.Medical), nil
	}
	if pension, err = v.Balance(ledger.PensionAccount(uint64(who.Index))); err != nil {
		return 0, 0, err
	}
	medical, err = v.Balance(ledger.MedicalAccount(uint64(who.Index)))
	return -pension, -medical, err // what the funds owe is a credit
}

// monthsPaid is how many months a person paid for, those that transfers brought among them. row is the person's, or
// empty where there is none. It is reckoned from counters: the months themselves are read a page at a time only.
func monthsPaid(who population.Person, row store.Person) int {
	return who.Months + int(row.Months) + int(row.Brought)
}

// paidMonths is monthsPaid for who has not read the person's row.
func paidMonths(v store.View, who population.Person) (int, error) {
	row := store.Person{ID: uint64(who.Index)}
	_, err := v.Get(&row)
	return monthsPaid(who, row), err
}

// spent is what a person's claims have used up of a year.
func spent(v store.View, person int, year int) (store.Spent, error) {
	s := store.Spent{Person: uint64(person), Year: int64(year)}
	_, err := v.Get(&s)
	return s, err
}
