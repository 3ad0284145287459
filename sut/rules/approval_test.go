package rules

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
)

const draft = `region: XX
from: 2020-01-01
title: t
undeclared: {rule: X1, citation: c, verified: true, share_of_last_ppm: 1100000}
`

func TestAPackNeedsTheWordOfTwo(t *testing.T) {
	dir := fstest.MapFS{"XX@2020-01-01.yaml": {Data: []byte(draft)}}
	hash := fmt.Sprintf("%x", sha256.Sum256([]byte(draft)))
	entry := func(hash, by, on string) string {
		return fmt.Sprintf("- {pack: XX@2020-01-01, sha256: \"%s\", by: [%s], on: %s}\n", hash, by, on)
	}
	if b, err := ReadApproved(dir, []byte(entry(hash, "one, another", "2026-11-22"))); err != nil || len(b.Packs()) != 1 {
		t.Fatalf("an approved pack: %v", err)
	}
	good := entry(hash, "one, another", "2026-11-22")
	for _, c := range []struct{ name, approvals, want string }{
		{"no approval", "[]", "is not approved: after two people have read the file, add {pack: XX@2020-01-01, sha256: \"" + hash},
		{"another hash", entry(strings.Repeat("0", 64), "one, another", "2026-11-22"), "the file has sha256 " + hash + " and \"0000"},
		{"one person", entry(hash, "one", "2026-11-22"), "want two different people"},
		{"one person twice", entry(hash, "one, One", "2026-11-22"), "want two different people"},
		{"nobody", entry(hash, "one, ' '", "2026-11-22"), "want two different people"},
		{"three people", entry(hash, "one, two, three", "2026-11-22"), "want two different people"},
		{"no day", strings.Replace(good, ", on: 2026-11-22", "", 1), "has no day"},
		{"no such day", entry(hash, "one, another", "2026-02-30"), "2026-02-30"},
		{"an unknown key", strings.Replace(good, "sha256", "sha512", 1), "sha512"},
		{"approved twice", good + good, "approved twice"},
		{"no such pack", good + strings.Replace(good, "XX@2020", "XX@2021", 1), "XX@2021-01-01: there is no such pack"},
	} {
		if _, err := ReadApproved(dir, []byte(c.approvals)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error is %v, want one with %q", c.name, err, c.want)
		}
	}
}

// A changed number is found, however small the change.
func TestAChangedPackIsRefused(t *testing.T) {
	approvals, err := embedded.ReadFile("approvals.yaml")
	if err != nil {
		t.Fatal(err)
	}
	dir := fstest.MapFS{}
	for _, p := range open(t).Packs() {
		dir[p.name()+".yaml"] = &fstest.MapFile{Data: []byte(p.Text)}
	}
	if _, err := ReadApproved(dir, approvals); err != nil {
		t.Fatal(err)
	}
	changed := dir["CN@2011-07-01.yaml"]
	changed.Data = []byte(strings.Replace(string(changed.Data), "daily_ppm: 500", "daily_ppm: 501", 1))
	if _, err := ReadApproved(dir, approvals); err == nil || !strings.Contains(err.Error(), "policy pack CN@2011-07-01: the file has sha256") {
		t.Errorf("error is %v, want one that names the changed pack", err)
	}
}

func TestAPackIsFoundByItsID(t *testing.T) {
	b := open(t)
	for _, p := range b.Packs() {
		if got, err := b.ByID(p.ID); err != nil || got != p {
			t.Errorf("%s: %v, %v", p.ID, got, err)
		}
	}
	for _, c := range []struct{ id, want string }{
		{"CN@2011-07-01#sha256:00", "the file was changed since"},
		{"CN@2011-07-02#sha256:00", "want an id"},
		{"", "want an id"},
	} {
		if _, err := b.ByID(c.id); !errors.Is(err, ErrNoPack) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: error is %v, want ErrNoPack with %q", c.id, err, c.want)
		}
		if _, err := b.Only(c.id); !errors.Is(err, ErrNoPack) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("only %q: error is %v, want ErrNoPack with %q", c.id, err, c.want)
		}
	}
}

// I16: an amount reckoned again with nothing but the packs it names is the same, down to the trace.
func TestEveryAmountCanBeReckonedAgainFromThePacksItNames(t *testing.T) {
	full := open(t)
	for name, reckon := range map[string]func(*Book) (any, Basis, error){
		"contribution": func(b *Book) (any, Basis, error) {
			v, err := b.Contribute(Wage{Region: "510000", Month: 202507, Wage: 8000_00})
			return v, v.Basis, err
		},
		"flexible": func(b *Book) (any, Basis, error) {
			v, err := b.Contribute(Wage{Region: "310000", Month: 202607, Wage: 8000_00, Flexible: true})
			return v, v.Basis, err
		},
		"assessment": func(b *Book) (any, Basis, error) {
			v, err := b.Assess(Undeclared{"420500", 202301, 1})
			return v, v.Basis, err
		},
		"late fee over two rates": func(b *Book) (any, Basis, error) {
			v, err := b.LateFee(Arrears{"420500", 100_00, 20110101, 20120101})
			return v, v.Basis, err
		},
		"retirement":   func(b *Book) (any, Basis, error) { v, err := b.Retire(golden()); return v, v.Basis, err },
		"estimate":     func(b *Book) (any, Basis, error) { v, err := b.Estimate(golden()); return v, v.Basis, err },
		"American one": func(b *Book) (any, Basis, error) { v, err := b.Estimate(american2013()); return v, v.Basis, err },
		"minimum": func(b *Book) (any, Basis, error) {
			v, err := b.MinimumMonths("CN", 202501, 203101)
			return v, v.Basis, err
		},
		"old bill": func(b *Book) (any, Basis, error) {
			v := longBill()
			v.Date = 20221231
			s, err := b.Settle(v)
			return s, s.Basis, err
		},
		"bill": func(b *Book) (any, Basis, error) { s, err := b.Settle(longBill()); return s, s.Basis, err },
		"unemployment": func(b *Book) (any, Basis, error) {
			v, err := b.Unemployment(Jobless{"310000", 20260901, 96, 0, 0, false})
			return v, v.Basis, err
		},
		"injury": func(b *Book) (any, Basis, error) {
			v, err := b.InjuryBenefit(Disability{"510000", 20250701, 1, 1, 8000_00, 0, 0})
			return v, v.Basis, err
		},
		"death": func(b *Book) (any, Basis, error) {
			v, err := b.DeathBenefit(WorkDeath{"510000", 20250701, 1, 0, 1, nil})
			return v, v.Basis, err
		},
		"injury rate": func(b *Book) (any, Basis, error) {
			v, err := b.InjuryRate(Risk{"CN", 20230101, 1, million})
			return v, v.Basis, err
		},
		"maternity": func(b *Book) (any, Basis, error) {
			v, err := b.Maternity(Confinement{Region: "CN", Date: 20230101, Average: 1, Children: 1})
			return v, v.Basis, err
		},
		"medical waiting": func(b *Book) (any, Basis, error) {
			v, err := b.MedicalWaiting(MedicalHistory{Region: "310000", Date: 20260101})
			return v, v.Basis, err
		},
		"transfer": func(b *Book) (any, Basis, error) {
			v, err := b.Transfer(Leaving{"CN", 20230101, []PaidYear{{1, 1}}, 1})
			return v, v.Basis, err
		},
	} {
		want, basis, err := reckon(full)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		only, err := full.Only(basis.Packs...)
		if err != nil || len(only.Packs()) != len(basis.Packs) || len(basis.Packs) == 0 || len(basis.Trace) == 0 {
			t.Errorf("%s names %q, of which the book holds %d: %v", name, basis.Packs, len(only.Packs()), err)
			continue
		}
		if got, _, err := reckon(only); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %+v, %v from its own packs, was %+v", name, got, err, want)
		}
	}
}

func FuzzReadApproved(f *testing.F) {
	approvals, err := embedded.ReadFile("approvals.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(approvals)
	f.Add([]byte("- {pack: XX@2020-01-01, sha256: 00, by: [a, b], on: 2026-01-01}"))
	dir := fstest.MapFS{"a.yaml": {Data: []byte(draft)}}
	hash := fmt.Sprintf("%x", sha256.Sum256([]byte(draft)))
	f.Fuzz(func(t *testing.T, text []byte) {
		if _, err := ReadApproved(dir, text); err == nil && !strings.Contains(string(text), hash) {
			t.Errorf("approved without its hash: %q", text)
		}
	})
}
