package agency

import (
	"context"

	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/vault"
)

// A Patch is the body of persons.update. What is left out stays.
type Patch struct {
	Phone *string `json:"phone,omitempty"`        // 11 digits
	Bank  *string `json:"bank_account,omitempty"` // 16 to 19 digits, the last by Luhn
}

// An Updated is the answer of persons.update. It repeats no personal data: answers are kept, and are not sealed.
type Updated struct {
	Person  string   `json:"person"`
	Version int64    `json:"version"`
	Changed []string `json:"changed"`
	Proof
}

// AnyVersion is the version of an update that does not say what it has seen.
const AnyVersion = -1

// UpdatePerson changes how a person is reached and paid, once per key. Citizens say "me" or their own number, P00000123, clerks the
// number of somebody in their region. With a version, that of account.get, it is refused where the person's row has changed
// since, also by a claim or a payment. The old values are gone: no log or answer holds them.
func (a *Agency) UpdatePerson(ctx context.Context, c Call, id string, version int64, p Patch) (store.Answer, bool, error) {
	who, err := a.person(c.Caller, id)
	if err == nil {
		err = p.check()
	}
	if err != nil {
		return store.Answer{}, false, err
	}
	return a.mutate(ctx, c, func(ch *change) (int, any, error) { return ch.update(who, version, p) })
}

func (c *change) update(who population.Person, version int64, p Patch) (int, any, error) {
	c.about = "person " + key(who.Index)
	row, err := c.meet(who)
	if err != nil {
		return 0, nil, err
	}
	if version != AnyVersion && version != row.Ver {
		return 0, nil, refuse(Conflict, "stale-version", "the person is at version %d, not %d: read again and repeat", row.Ver, version)
	}
	changed := []string{}
	for _, f := range []struct {
		column string
		to     *[]byte
		value  *string
	}{{"phone", &row.Phone, p.Phone}, {"bank", &row.Bank, p.Bank}} {
		if f.value == nil {
			continue
		}
		at := vault.Place{Table: "person", Column: f.column, Row: key(who.Index)}
		if *f.to, err = c.agency.Vault.Seal(nil, at, []byte(*f.value), c.agency.Random); err != nil {
			return 0, nil, err
		}
		changed = append(changed, f.column)
	}
	if err := c.Set(&row); err != nil {
		return 0, nil, err
	}
	return okay, Updated{Person: who.ID, Version: row.Ver, Changed: changed, Proof: c.proof()}, nil
}

// person is the one that a caller names and may see.
func (a *Agency) person(c Caller, id string) (population.Person, error) {
	if id == "me" {
		return a.self(c)
	}
	i, found := a.People.PersonByID(id)
	if !found {
		return population.Person{}, hidden("person")
	}
	if who := a.People.Person(i); c.sees(who) {
		return who, nil
	}
	return population.Person{}, hidden("person")
}

func (p Patch) check() error {
	if p.Phone == nil && p.Bank == nil {
		return refuse(Malformed, "nothing-to-change", "want a phone or a bank_account")
	}
	if p.Phone != nil && !digits(*p.Phone, 11, 11) {
		return refuse(Unprocessable, "bad-phone", "phone: want 11 digits")
	}
	if p.Bank == nil {
		return nil
	}
	if n := len(*p.Bank) - 1; !digits(*p.Bank, 16, 19) || population.Luhn([]byte((*p.Bank)[:n])) != (*p.Bank)[n] {
		return refuse(Unprocessable, "bad-bank-account", "bank_account: want 16 to 19 digits, the last of them by Luhn")
	}
	return nil
}

// digits tells whether a text is that many digits and nothing else.
func digits(s string, least, most int) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return least <= len(s) && len(s) <= most
}
