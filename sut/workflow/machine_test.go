package workflow

import (
	"errors"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write MACHINES.md anew")

// The paths are those that the use cases and the law ask for.
func TestTheUseCasesArePaths(t *testing.T) {
	for _, test := range []struct {
		name    string
		machine Machine
		path    string
	}{
		{"a person is insured, pauses and retires", Enrolment(), "none pending active suspended active retired deceased"},
		{"a person moves away", Enrolment(), "none pending active transferred_out"},
		{"a suspended person dies", Enrolment(), "none pending active suspended deceased"},
		{"a declaration is paid in time", Declaration(), "draft submitted validated assessed paid"},
		{"a rejected declaration is corrected", Declaration(), "draft submitted rejected submitted validated assessed paid"},
		{"an assessed month is not paid and defaulted", Declaration(), "draft submitted validated assessed overdue defaulted110 settled"},
		{"a month that nobody declares is assessed at 110 %", Declaration(), "draft overdue defaulted110 settled"},
		{"a payment matches and is reversed", Payment(), "received matched posted reversed"},
		{"a payment covers a part", Payment(), "received partial posted"},
		{"a payment nobody knows is found later", Payment(), "received suspense matched posted"},
		{"a payment in suspense is posted as it is", Payment(), "received suspense posted reversed"},
		{"a claim is settled and reconciled", Claim(), "previewed settled closed_in_recon"},
		{"a claim is reversed and reconciled", Claim(), "previewed settled reversed closed_in_recon"},
		{"a benefit lacks documents, is granted, paid, suspended and stopped", Benefit(),
			"applied accepted reviewing need_docs reviewing approved entitled paying suspended paying stopped"},
		{"a benefit is rejected", Benefit(), "applied accepted reviewing rejected"},
		{"a payout arrives", PayoutItem(), "planned locked sent paid reconciled"},
		{"a payout comes back and is sent again", PayoutItem(), "planned locked sent returned requeued locked sent paid reconciled"},
		{"a payout comes back and is owed no more", PayoutItem(), "planned locked sent returned requeued reconciled"},
		{"a batch is closed", PayoutBatch(), "planned locked sent closed"},
		{"a transfer arrives", Transfer(), "requested certificate accepted info_sent funds_sent funds_matched credited closed"},
		{"a transfer's money comes back", Transfer(), "requested certificate accepted info_sent funds_sent funds_matched funds_returned reopened"},
		{"a job fails and is tried again", Job(), "queued running failed queued running done"},
	} {
		t.Run(test.name, func(t *testing.T) {
			log := states(test.path)
			if err := test.machine.Path(log); err != nil {
				t.Error(err)
			}
			if err := test.machine.PathFrom(log[1], log[1:]); err != nil {
				t.Errorf("without its first state: %v", err)
			}
		})
	}
}

func states(path string) []State {
	var log []State
	for word := range strings.FieldsSeq(path) {
		log = append(log, State(word))
	}
	return log
}

func TestAnIllegalStepNamesWhatIsAllowed(t *testing.T) {
	for _, test := range []struct {
		machine  Machine
		from, to State
		want     string
	}{
		{Benefit(), "reviewing", "paying", "the benefit is reviewing and cannot become paying: it can become need_docs, approved, rejected"},
		{Transfer(), "closed", "requested", "the transfer is closed and cannot become requested: closed is its end"},
		{Claim(), "settled", "settled", "the claim is settled and cannot become settled: it can become reversed, closed_in_recon"},
		{Job(), "lost", "done", `the job is lost and cannot become done: "lost" is no state of it`},
	} {
		_, err := test.machine.Step(test.from, test.to)
		illegal, is := errors.AsType[*IllegalEdge](err)
		if !is || err.Error() != test.want || illegal.From != test.from || illegal.To != test.to {
			t.Errorf("error is %v, want %s", err, test.want)
		}
	}
}

func TestALogThatIsNoPathIsFound(t *testing.T) {
	for _, test := range []struct{ name, path, want string }{
		{"a skipped step", "applied accepted approved", "step 2 of the log: the benefit is accepted and cannot become approved: it can become reviewing"},
		{"a late beginning", "reviewing approved", `benefit: the log begins at "reviewing", want "applied", a state of the machine`},
		{"two steps in the wrong order", "applied reviewing accepted", "step 1 of the log: the benefit is applied and cannot become reviewing: it can become accepted"},
		{"a step after the end", "applied accepted reviewing rejected approved", "step 4 of the log: the benefit is rejected and cannot become approved: rejected is its end"},
		{"a step taken twice", "applied accepted accepted", "step 2 of the log: the benefit is accepted and cannot become accepted: it can become reviewing"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if err := Benefit().Path(states(test.path)); err == nil || err.Error() != test.want {
				t.Errorf("error is %v, want %s", err, test.want)
			}
		})
	}
	if err := Benefit().Path(nil); err != nil {
		t.Errorf("a case without a log: %v", err)
	}
	if err := Benefit().PathFrom("lost", []State{"lost"}); err == nil {
		t.Error("a log that begins at a word that is no state passes")
	}
}

// What holds for every machine, whoever adds one.
func TestEveryMachineIsWhole(t *testing.T) {
	names := map[string]bool{}
	for _, m := range Machines() {
		if names[m.Name] {
			t.Errorf("two machines are called %s", m.Name)
		}
		names[m.Name] = true
		pairs, verbs, ends := map[[2]State]bool{}, map[[2]string]bool{}, 0
		for _, e := range m.Edges {
			pair, verb := [2]State{e.From, e.To}, [2]string{string(e.From), e.Verb}
			if e.Verb == "" || e.Roles == 0 || e.Roles.Has(Auditor) || pairs[pair] || verbs[verb] || e.From == e.To {
				t.Errorf("%s: %+v has no verb or role, lets an auditor act, stays where it is, or is there twice", m.Name, e)
			}
			pairs[pair], verbs[verb] = true, true
		}
		for _, s := range m.States() {
			if !reaches(m, m.Start, s) {
				t.Errorf("%s: nothing leads to %s", m.Name, s)
			}
			if m.Terminal(s) {
				ends++
			}
			if !slices.ContainsFunc(m.States(), func(end State) bool { return m.Terminal(end) && reaches(m, s, end) }) {
				t.Errorf("%s: no end can be reached from %s", m.Name, s)
			}
		}
		if ends == 0 {
			t.Errorf("%s has no end", m.Name)
		}
		if m.Terminal("no such state") {
			t.Errorf("%s: a word that is no state is its end", m.Name)
		}
	}
}

func reaches(m Machine, from, to State) bool {
	seen := []State{from}
	for i := 0; i < len(seen); i++ {
		for _, e := range m.Next(seen[i]) {
			if !slices.Contains(seen, e.To) {
				seen = append(seen, e.To)
			}
		}
	}
	return slices.Contains(seen, to)
}

// Money that left comes back before the relation is opened again; money that did not leave does not come back.
func TestATransferCanBeUndoneAtEveryStep(t *testing.T) {
	m := Transfer()
	sent := states("funds_sent funds_matched credited")
	for _, s := range m.States() {
		if m.Terminal(s) {
			continue
		}
		var undo []State
		for at := s; at != "reopened"; {
			i := slices.IndexFunc(m.Next(at), func(e Edge) bool { return e.Compensation })
			if i < 0 {
				t.Fatalf("nothing undoes a transfer in state %s", at)
			}
			at = m.Next(at)[i].To
			undo = append(undo, at)
		}
		want := []State{"reopened"}
		if slices.Contains(sent, s) {
			want = []State{"funds_returned", "reopened"}
		}
		if !slices.Equal(undo, want) {
			t.Errorf("a transfer in state %s is undone by %v, want %v", s, undo, want)
		}
	}
}

// Walk at random: what Next offers Step takes, and every walk is a path; change one state of it to a word that is none,
// and it is no path.
func TestAWalkIsAPath(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := rapid.SampledFrom(Machines()).Draw(t, "machine")
		log := []State{m.Start}
		for range rapid.IntRange(0, 20).Draw(t, "steps") {
			next := m.Next(log[len(log)-1])
			if len(next) == 0 {
				break
			}
			e := rapid.SampledFrom(next).Draw(t, "edge")
			if got, err := m.Step(e.From, e.To); err != nil || got != e {
				t.Fatalf("step from %s to %s is %+v, %v", e.From, e.To, got, err)
			}
			log = append(log, e.To)
		}
		if err := m.Path(log); err != nil {
			t.Fatal(err)
		}
		log[rapid.IntRange(0, len(log)-1).Draw(t, "which")] = "elsewhere"
		if m.Path(log) == nil {
			t.Fatalf("%v is a path of %s", log, m.Name)
		}
	})
}

func TestRolesReadWhatTheyWrite(t *testing.T) {
	for r := Citizen; r <= System; r <<= 1 {
		if got, err := ParseRole(r.String()); err != nil || got != r {
			t.Errorf("%s reads back as %s, %v", r, got, err)
		}
	}
	if got := (Citizen | System).String(); got != "citizen, system" {
		t.Errorf("a set of two is %q", got)
	}
	if both := Citizen | Clerk; !both.Has(Clerk) || both.Has(Bank) || both.Has(0) || both.Has(Clerk|Bank) {
		t.Error("a set has what it has not, or has not what it has")
	}
	if _, err := ParseRole("king"); err == nil || !strings.Contains(err.Error(), "citizen") {
		t.Errorf("a role that does not exist: error is %v", err)
	}
}

func TestTheDrawingsAreTrue(t *testing.T) {
	const name = "MACHINES.md"
	var b strings.Builder
	b.WriteString("# State machines\n\nDrawn from machines.go; refresh with `go test ./sut/workflow -update`.\n")
	for _, m := range Machines() {
		b.WriteString("\n## " + m.Name + "\n\n```mermaid\n" + m.Mermaid() + "```\n")
	}
	if *update {
		if err := os.WriteFile(name, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != b.String() {
		t.Errorf("%s is not what the machines draw: run go test ./sut/workflow -update and read the difference", name)
	}
}

// 0.36 µs and one allocation on a shared 2-core Xeon, Go 1.26.8, 2026-11-22: making the machine is most of it.
func BenchmarkStep(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Benefit().Step("reviewing", "approved"); err != nil {
			b.Fatal(err)
		}
	}
}
