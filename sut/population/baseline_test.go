package population

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/peakday/peakday/sut/workflow"
	"pgregory.net/rapid"
)

const mostN = 1<<31 - 1

// find looks an id up in every table there is and gives the id that the thing found would be written with.
func find(p *Population, id string) (tables int, written string) {
	note := func(found bool, s string) {
		if found {
			tables++
			written = s
		}
	}
	c, found := p.Case(id)
	note(found, CaseID(c.Person, c.N))
	e, found := p.Entitlement(id)
	note(found, EntitlementID(e.Person))
	cl, found := p.Claim(id)
	h, _ := indexed(cl.Hospital, "H", 4, Hospitals)
	note(found, ClaimID(h, cl.Person, cl.N))
	d, found := p.Declaration(id)
	note(found, DeclarationID(d.Employer))
	pay, found := p.Payment(id)
	note(found, PaymentID(pay.Employer))
	j, found := p.Job(id)
	note(found, JobID(j.Employer))
	t, found := p.Transfer(id)
	note(found, TransferID(t.Person, t.N))
	ce, found := p.Certificate(id)
	note(found, CertificateCode(ce.Person, ce.N))
	return tables, written
}

func TestAnIDOfTheBaselineIsFoundOnceAndReadsBack(t *testing.T) {
	p := make100k(t)
	rapid.Check(t, func(t *rapid.T) {
		person, n := rapid.IntRange(0, p.Size()-1).Draw(t, "person"), rapid.IntRange(1, mostN).Draw(t, "n")
		employer, h := rapid.IntRange(0, p.Employers()-1).Draw(t, "employer"), rapid.IntRange(0, Hospitals-1).Draw(t, "hospital")
		for _, id := range []string{
			CaseID(person, n), ClaimID(h, person, n), ClaimID(h, person, 0), TransferID(person, n), CertificateCode(person, n),
			DeclarationID(employer), PaymentID(employer), JobID(employer),
		} {
			if tables, written := find(p, id); tables != 1 || written != id {
				t.Fatalf("%s is found %d times, as %q", id, tables, written)
			}
		}
	})
}

func TestWhatIsNoIDIsNotFound(t *testing.T) {
	p := make100k(t)
	last := p.Employers()
	for _, id := range []string{
		"", "-", "BC", "BC-", "BC-1", "BC-1-", "BC--1", "BC-1-2-3", "BC-01-2", "BC-1-02", "BC-+1-2", "BC-1-+2", "BC-1-2 ", " BC-1-2", "bc-1-2",
		"BC-100000-1", "BC-1-2147483648", "BC-99999999999999999999-1", "BC-１-2", "BC-XABCDEFGH234567", "BC-1-X",
		"EN", "EN-", "EN-100000", "EN-007", "EN-XABCDEFGH234567", "TR-XABCDEFGH234567", "CE-XABCDEFGH234567", "J-XABCDEFGH234567", "D-XABCDEFGH234567",
		"D-1-202301", "D-1-202212-1", fmt.Sprintf("D-%d-202212", last), "D-E000001-202212", "J-1-202211", "TR-1", "CE-100000-1",
		"H0001-B1", "H0400-B1-1", "H1-B1-1", "H00001-B1-1", "H0001-1-1", "H0001-B1-1-1", "H0001-X2345", "h0001-B1-1", "H0001-B100000-1",
		"B01/B0-202212", "B00/B0-202301", "B00/0-202212", "B00B0-202212", "B00/B00-202212", "B12/B12-202212", "/B0-202212", "B00/",
	} {
		if tables, written := find(p, id); tables != 0 {
			t.Errorf("%q is found as %q", id, written)
		}
	}
}

func FuzzBaselineIDs(f *testing.F) {
	p := make100k(f)
	for _, id := range []string{"BC-1-2", "EN-9", "H0007-B1-2", "D-1-202212", "B01/B1-202212", "J-1-202212", "TR-1-0", "CE-1-3"} {
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, id string) {
		if tables, written := find(p, id); tables > 1 || tables == 1 && written != id {
			t.Errorf("%q is found %d times, as %q", id, tables, written)
		}
	})
}

func TestACaseIsOneThatItsMachineAndClockKnow(t *testing.T) {
	p := make100k(t)
	calendar, machine := workflow.China(), workflow.Benefit()
	seen := make(map[string]int)
	for i := 0; i < p.Size(); i += 7 {
		who := p.Person(i)
		for n := range 3 {
			c, found := p.Case(CaseID(i, n))
			if found != (n > 0 || who.Status == Retired) {
				t.Fatalf("case %d of a person who is %s: found is %v", n, who.Status, found)
			}
			if !found {
				continue
			}
			seen[c.Kind]++
			clock, err := workflow.ClockOf(c.Kind)
			if err != nil || machine.Terminal(c.State) || !slices.Contains(machine.States(), c.State) {
				t.Fatalf("%+v: %v", c, err)
			}
			if n > 0 && (c.State != "reviewing" || c.Applied >= Opening || workflow.Burst(calendar.Due(clock, c.Applied), Opening)) {
				t.Fatalf("not a case in review and in time at the opening: %+v", c)
			}
			if n == 0 && (c.State != "paying" || c.Kind != "pension") {
				t.Fatalf("not a pension that is paid: %+v", c)
			}
			if (c.Bills > 0) != strings.HasSuffix(c.Kind, "_manual") {
				t.Fatalf("bills without need or none: %+v", c)
			}
		}
	}
	for _, kind := range []string{"pension", "medical_manual", "injury_manual", "maternity_allowance", "unemployment"} {
		if seen[kind] < 100 {
			t.Errorf("%d cases of %s, want 100 at least", seen[kind], kind)
		}
	}
}

func TestTheRetiredAndOnlyTheyDrawAPension(t *testing.T) {
	p := make100k(t)
	var sum, wages int64
	for i := 0; i < p.Size(); i += 3 {
		who := p.Person(i)
		e, found := p.Entitlement(EntitlementID(i))
		if found != (who.Status == Retired) {
			t.Fatalf("person %d is %s: entitlement found is %v", i, who.Status, found)
		}
		if !found {
			continue
		}
		c, paying := p.Case(e.Case)
		if !paying || c.Person != i || e.Person != i || e.From > Opening.Month().Add(1) || e.From <= c.Applied.Month() || e.Monthly < 1200_00 {
			t.Fatalf("%+v of %+v", e, c)
		}
		sum, wages = sum+e.Monthly, wages+who.Wage
	}
	if rate := float64(sum) / float64(wages); rate < 0.40 || rate > 0.50 {
		t.Errorf("pensions are %.3f of last wages, want 0.40 to 0.50", rate)
	}
}

func TestAClaimAddsUp(t *testing.T) {
	p := make100k(t)
	rapid.Check(t, func(t *rapid.T) {
		id := ClaimID(rapid.IntRange(0, Hospitals-1).Draw(t, "h"), rapid.IntRange(0, p.Size()-1).Draw(t, "person"), rapid.IntRange(0, mostN).Draw(t, "n"))
		c, _ := p.Claim(id)
		var total, within int64
		for _, l := range c.Lines {
			total += l.Qty * l.Unit
			if l.InPolicy {
				within += l.Qty * l.Unit
			}
		}
		if c.Fund+c.Account+c.Cash != total || c.Account != within || c.Fund != 0 || total == 0 || c.Date.Month() != lastMonth {
			t.Fatalf("%+v", c)
		}
		if again, _ := p.Claim(id); fmt.Sprint(again) != fmt.Sprint(c) {
			t.Fatalf("%s is another claim the second time", id)
		}
	})
}

func TestADeclarationHasTheActivePeopleOfItsEmployer(t *testing.T) {
	p := make100k(t)
	lines, active := 0, 0
	for e := range p.Employers() {
		d, found := p.Declaration(DeclarationID(e))
		pay, paid := p.Payment(d.Payment)
		job, done := p.Job(d.Job)
		if !found || !paid || !done || pay.Employer != e || job.Result != d.ID {
			t.Fatalf("%+v, %+v, %+v", d, pay, job)
		}
		for who := range p.ActiveOf(e) {
			if who.Employer != e || who.LastPaid != lastMonth {
				t.Fatalf("in the declaration of employer %d: %+v", e, who)
			}
			lines++
		}
	}
	for i := range p.Size() {
		if p.Person(i).Status == Active {
			active++
		}
	}
	if lines != active {
		t.Errorf("the declarations have %d lines, and %d people are active", lines, active)
	}
	for range p.ActiveOf(p.Employers() - 1) {
		break // who stops early is not given more
	}
}

func TestEveryStateAtOpeningIsOneOfItsMachine(t *testing.T) {
	p := make100k(t)
	claim, _ := p.Claim(ClaimID(1, 2, 3))
	declaration, _ := p.Declaration(DeclarationID(1))
	payment, _ := p.Payment(PaymentID(1))
	job, _ := p.Job(JobID(1))
	for _, test := range []struct {
		machine workflow.Machine
		state   workflow.State
	}{
		{workflow.Enrolment(), workflow.State(Active)}, {workflow.Enrolment(), workflow.State(Suspended)},
		{workflow.Enrolment(), workflow.State(Retired)}, {workflow.Claim(), claim.State},
		{workflow.Declaration(), declaration.State}, {workflow.Payment(), payment.State}, {workflow.Job(), job.State},
	} {
		if !slices.Contains(test.machine.States(), test.state) {
			t.Errorf("%s has no state %q", test.machine.Name, test.state)
		}
	}
}

// 12 % of the bases to the pool and the whole account, of 8 %: 36 months at 8,000 are 34,560.00 (O20).
func TestATransferIsTwelvePercentAndTheWholeAccount(t *testing.T) {
	p := make100k(t)
	machine := workflow.Transfer()
	for i := 0; i < p.Size(); i += 31 {
		for n := range 3 {
			tr, found := p.Transfer(TransferID(i, n))
			if !found {
				if n > 0 || p.Person(i).Months > 0 {
					t.Fatalf("person %d has no transfer %d", i, n)
				}
				continue
			}
			bases := tr.Base * int64(tr.Months)
			if tr.Pool*100 != bases*12 || tr.Account*100 != bases*8 || tr.From == tr.To || !strings.HasPrefix(tr.From, "99") {
				t.Fatalf("%+v", tr)
			}
			if machine.Terminal(tr.State) != (n == 0) || tr.Requested >= Opening {
				t.Fatalf("transfer %d is %s: %+v", n, tr.State, tr)
			}
			if who := p.Person(i); n == 0 && who.Status != Retired && (tr.Account > who.Pension || tr.Months > who.Months) {
				t.Fatalf("brought more than is there: %+v, %+v", tr, who)
			}
		}
	}
}

// 0.7 µs on a shared, busy 2-core Xeon, Go 1.26.8, 2026-11-22: the person is half of it.
func BenchmarkCase(b *testing.B) {
	p := make100k(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		p.Case(CaseID(i%p.Size(), 1))
	}
}
