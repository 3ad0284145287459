package agency_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/vault"
	"github.com/peakday/peakday/sut/workflow"
)

// TestPersonalDataChangesAndIsSealedAgain changes it, rotates the key, walks in small steps from where the walk was cut off, and
// opens all of it with the older key gone.
func TestPersonalDataChangesAndIsSealedAgain(t *testing.T) {
	a := newAgency(t)
	phone, account := "14200000000", a.People.BankAccount(400)
	for i := range 9 {
		who := a.People.Person(i)
		answer, _, err := a.UpdatePerson(t.Context(), citizen(who, "persons.update", fmt.Sprint("u", i)), "me", 0, agency.Patch{Phone: &phone, Bank: &account})
		if u := read[agency.Updated](t, answer, err); u.Version != 1 || len(u.Changed) != 2 || bytes.Contains(answer.Body, []byte(phone)) {
			t.Fatalf("%s", answer.Body)
		}
		if _, _, err := a.IssueCertificate(t.Context(), citizen(who, "certificates.issue", fmt.Sprint("c", i)), agency.CertificateRequest{Kind: "insured"}); err != nil {
			t.Fatal(err)
		}
		if _, _, err := a.Feedback(t.Context(), citizen(who, "feedback.create", fmt.Sprint("f", i)), agency.Opinion{Rating: 5, Text: "谢谢" + who.Name}); err != nil {
			t.Fatal(err)
		}
	}
	var keys bytes.Buffer
	if _, err := a.Vault.Rotate(rand.Reader, func(file []byte) error { keys.Write(file); return nil }); err != nil {
		t.Fatal(err)
	}
	changed, steps := 0, 0
	for cursor := ""; cursor != "" || steps == 0; steps++ {
		r, err := a.Reseal(t.Context(), now, cursor, 4)
		if err != nil {
			t.Fatal(err)
		}
		if r.Rows > 4 || r.Changed > r.Rows {
			t.Errorf("step %d: %+v", steps, r)
		}
		changed, cursor = changed+r.Changed, r.Next
	}
	if changed != 27 {
		t.Errorf("%d rows sealed again, want 27", changed)
	}
	for cursor, i := "", 0; cursor != "" || i == 0; i++ {
		r, err := a.Reseal(t.Context(), now, cursor, 100)
		if err != nil || r.Changed != 0 {
			t.Fatalf("a second walk: %+v, %v", r, err)
		}
		cursor = r.Next
	}
	_, err := a.Reseal(t.Context(), now, "nothing~1", 4)
	wantCode(t, err, "bad-cursor")
	var left []string
	for line := range strings.Lines(keys.String()) {
		if !strings.Contains(line, " open") {
			left = append(left, line)
		}
	}
	if a.Vault, err = vault.ReadRing(strings.NewReader(strings.Join(left, ""))); err != nil {
		t.Fatal(err)
	}
	err = a.Store.View(t.Context(), func(v store.View) error {
		return store.Each(v, func(p *store.Person) error {
			got, err := a.Vault.Open(nil, vault.Place{Table: "person", Column: "phone", Row: fmt.Sprint(p.ID)}, p.Phone)
			if string(got) != phone {
				t.Errorf("phone %s of person %d", got, p.ID)
			}
			return err
		})
	})
	if err != nil {
		t.Error(err)
	}
	wantSound(t, a)
}

func TestUpdatesThatAreRefused(t *testing.T) {
	a := newAgency(t)
	who := a.People.Person(3)
	phone, short, letters, account, wrong := "14200000000", "1420", "1420000000x", a.People.BankAccount(1), "9999000000000000000"
	elsewhere := as(workflow.Clerk, "c1", "persons.update", "")
	elsewhere.Region = "990001"
	clerk := as(workflow.Clerk, "c1", "persons.update", "")
	for _, c := range []struct {
		name    string
		call    agency.Call
		id      string
		version int64
		patch   agency.Patch
		code    string
	}{
		{"nothing", citizen(who, "persons.update", ""), "me", -1, agency.Patch{}, "nothing-to-change"},
		{"a short phone", citizen(who, "persons.update", ""), "me", -1, agency.Patch{Phone: &short}, "bad-phone"},
		{"a phone with letters", citizen(who, "persons.update", ""), "me", -1, agency.Patch{Phone: &letters}, "bad-phone"},
		{"an account that fails Luhn", citizen(who, "persons.update", ""), "me", -1, agency.Patch{Bank: &wrong}, "bad-bank-account"},
		{"another person", citizen(who, "persons.update", ""), a.People.Person(4).ID, -1, agency.Patch{Phone: &phone}, "not-found"},
		{"a person who is not there", clerk, "P99999999", -1, agency.Patch{Phone: &phone}, "not-found"},
		{"a person of another region", elsewhere, who.ID, -1, agency.Patch{Phone: &phone}, "not-found"},
		{"an older version", citizen(who, "persons.update", ""), who.ID, 8, agency.Patch{Phone: &phone}, "stale-version"},
		{"a clerk who is nobody's me", clerk, "me", -1, agency.Patch{Phone: &phone}, "unknown-subject"},
	} {
		c.call.Key = c.name
		_, _, err := a.UpdatePerson(t.Context(), c.call, c.id, c.version, c.patch)
		if r, ok := errors.AsType[*agency.Refusal](err); !ok || r.Code != c.code {
			t.Errorf("%s: %v, want %s", c.name, err, c.code)
		}
	}
	clerk.Key = "good"
	if answer, _, err := a.UpdatePerson(t.Context(), clerk, who.ID, 0, agency.Patch{Bank: &account}); err != nil {
		t.Errorf("a clerk of the region: %s, %v", answer.Body, err)
	}
	wantSound(t, a)
}

func TestFeedbackIsSealed(t *testing.T) {
	a := newAgency(t)
	who := a.People.Person(1)
	for _, c := range []struct {
		opinion agency.Opinion
		code    string
	}{
		{agency.Opinion{Rating: 0}, "bad-rating"}, {agency.Opinion{Rating: 6}, "bad-rating"},
		{agency.Opinion{Rating: 1, Text: strings.Repeat("a", 2001)}, "bad-text"}, {agency.Opinion{Rating: 1, Text: "\xff"}, "bad-text"},
	} {
		_, _, err := a.Feedback(t.Context(), citizen(who, "feedback.create", "k"), c.opinion)
		wantCode(t, err, c.code)
	}
	answer, _, err := a.Feedback(t.Context(), citizen(who, "feedback.create", "k"), agency.Opinion{Rating: 4, Text: who.Name})
	id := read[agency.Thanks](t, answer, err).Feedback
	err = a.Store.View(t.Context(), func(v store.View) error {
		row := store.Feedback{ID: id}
		if found, err := v.Get(&row); err != nil || !found || bytes.Contains(row.Text, []byte(who.Name)) {
			t.Errorf("row %+v, %v, %v", row, found, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	wantSound(t, a)
}
